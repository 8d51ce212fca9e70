/** Runs of the books held against our records, as answers show them. */
import { z } from 'zod';
import { ASSET_FINDINGS } from '../../domain/reconciliation.ts';
import { agreementOf } from '../../store/read/reconciliations.ts';
import type { FindingRow, ReconciliationRow } from '../../store/read/reconciliations.ts';
import { allKinds } from '../../store/reconciliation-judged.ts';
import { Instant, MaybeInstant } from './common.ts';

export const FindingKind = z.enum(ASSET_FINDINGS);

const Counts = z.object({
  ghost: z.int(),
  unrecorded: z.int(),
  overdue: z.int(),
  'still-licensed': z.int(),
  'still-depreciating': z.int(),
  unproven: z.int(),
});

export const Reconciliation = z
  .object({
    id: z.string(),
    state: z.enum(['reading', 'judging', 'judged', 'abandoned']),
    startedAt: Instant,
    finishedAt: MaybeInstant,
    askedBy: z.string(),
    assets: z.int().meta({ description: 'Records of all inventories.' }),
    withoutSerial: z
      .int()
      .meta({ description: 'Of them without a serial that can be a key: compared with nothing.' }),
    agreeing: z.int().meta({ description: 'Of them with everything known of their serial in agreement.' }),
    agreement: z.number().nullable().meta({ description: 'Their share of those with a serial, 0 to 1.' }),
    counts: Counts.meta({ description: 'Serials by kind of finding.' }),
    opened: z.int().meta({ description: 'Exceptions that this run opened.' }),
    healed: z.int().meta({ description: 'Exceptions whose finding was not made again.' }),
  })
  .meta({ title: 'A run of the books held against our records' });

export function reconciliationView(row: ReconciliationRow): z.output<typeof Reconciliation> {
  return {
    id: row.id,
    state: row.outcome ?? (row.read_at === null ? 'reading' : 'judging'),
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    askedBy: row.asked_by,
    assets: row.assets_read,
    withoutSerial: row.without_serial,
    agreeing: row.agreeing,
    agreement: row.outcome === 'judged' ? agreementOf(row) : null,
    counts: allKinds(row.counts),
    opened: row.opened,
    healed: row.healed,
  };
}

export const Part = z.object({
  connector: z.string(),
  assets: z.int().meta({ description: 'Records that were read so far.' }),
  finishedAt: MaybeInstant,
});

export const Finding = z
  .object({
    kind: FindingKind,
    reason: z.string(),
    serial: z.string(),
    connector: z.string().nullable().meta({ description: 'The inventory; null: it is about no record.' }),
    externalId: z.string().nullable(),
    label: z
      .string()
      .nullable()
      .meta({ description: 'Where the asset stands, in the inventory’s own word.' }),
    deviceId: z.string().nullable(),
    epoch: z.int().nullable(),
    since: MaybeInstant,
    exceptionId: z.string().nullable(),
    owner: z.string().nullable(),
    dueAt: MaybeInstant,
    resolvedAt: MaybeInstant,
    outcome: z.string().nullable(),
  })
  .meta({ title: 'What does not fit' });

export function findingView(row: FindingRow): z.output<typeof Finding> {
  return {
    kind: row.kind,
    reason: row.reason,
    serial: row.serial,
    connector: row.connector === '' ? null : row.connector,
    externalId: row.external_id === '' ? null : row.external_id,
    label: row.label,
    deviceId: row.device_id,
    epoch: row.epoch,
    since: row.since,
    exceptionId: row.exception_id,
    owner: row.owner,
    dueAt: row.due_at,
    resolvedAt: row.resolved_at,
    outcome: row.outcome,
  };
}

/** The columns of the list as CSV, in their order. */
export const FINDING_COLUMNS = Object.keys(Finding.shape);
