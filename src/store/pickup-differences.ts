/**
 * What counts and inventories have found at a pickup, beside what scans alone say: one exception at a time for each kind and
 * serial, and none again of what somebody has decided.
 */
import { sql } from 'kysely';
import { INVENTORY_DIFFERENCES } from '../domain/discrepancy.ts';
import type { CountDifference, InventoryDifference } from '../domain/discrepancy.ts';
import { pickupStream } from '../domain/fact.ts';
import type { Reader, Tx } from './database.ts';
import { openExceptionAgain } from './exceptions.ts';
import { describeException, keepDiscrepancy } from './pickups.ts';

export type FoundKind = `count-${CountDifference}` | InventoryDifference;

export interface FoundDifference {
  readonly kind: FoundKind;
  readonly serial: string;
  readonly line: number | null;
  readonly deviceId: string | null;
}

export interface OpenDifference extends FoundDifference {
  readonly exceptionId: string;
  readonly openedAt: string;
}

/**
 * What nobody has decided yet.
 *
 * @param serials Of these alone, in normalised form; by default all.
 */
export async function openDifferences(
  db: Reader,
  pickupId: string,
  serials: readonly string[] | null = null,
): Promise<readonly OpenDifference[]> {
  const rows = await db
    .selectFrom('pickup_discrepancies')
    .innerJoin('exceptions', 'exceptions.id', 'pickup_discrepancies.exception_id')
    .select([
      'pickup_discrepancies.exception_id',
      'pickup_discrepancies.kind',
      'pickup_discrepancies.serial',
      'pickup_discrepancies.line',
      'pickup_discrepancies.device_id',
      'exceptions.opened_at',
    ])
    .where('pickup_discrepancies.pickup_id', '=', pickupId)
    .where((eb) =>
      eb.or([
        eb('pickup_discrepancies.kind', 'like', 'count-%'),
        eb('pickup_discrepancies.kind', 'in', [...INVENTORY_DIFFERENCES]),
      ]),
    )
    .$if(serials !== null, (query) =>
      query.where(sql<boolean>`pickup_discrepancies.serial = any(${[...(serials ?? [])]}::text[])`),
    )
    .where('exceptions.resolved_at', 'is', null)
    .orderBy('pickup_discrepancies.serial')
    .orderBy('pickup_discrepancies.kind')
    .execute();
  return rows.map(
    ({ exception_id: exceptionId, kind, serial, line, device_id: deviceId, opened_at: openedAt }) => ({
      exceptionId,
      kind: kind as FoundKind,
      serial,
      line,
      deviceId,
      openedAt,
    }),
  );
}

/**
 * Opens what was found, unless it is open or somebody has decided it.
 *
 * @param about Serials and what was said; no names.
 * @returns Id of the exception that it is.
 */
export async function raiseDifference(
  tx: Tx,
  pickupId: string,
  found: FoundDifference,
  about: string,
  exceptionsDueAt: Date,
  now: Date,
): Promise<string> {
  const { kind, serial, deviceId } = found;
  const decided = await decidedBefore(tx, pickupId, kind, serial);
  if (decided !== null) return decided;
  const exceptionId = await openExceptionAgain(
    tx,
    {
      stream: pickupStream(pickupId),
      code: kind,
      gate: null,
      round: 0,
      owner: 'asset-manager',
      blocking: true,
      dueAt: exceptionsDueAt,
      caseId: null,
      deviceId,
      pickupId,
      occurrence: serial,
    },
    now,
  );
  await describeException(tx, exceptionId, about);
  await keepDiscrepancy(tx, { ...found, exceptionId, pickupId });
  return exceptionId;
}

/** Finding it again does not ask again what somebody has decided. */
async function decidedBefore(tx: Tx, pickupId: string, kind: string, serial: string): Promise<string | null> {
  const row = await tx
    .selectFrom('pickup_discrepancies')
    .innerJoin('exceptions', 'exceptions.id', 'pickup_discrepancies.exception_id')
    .select('exceptions.id')
    .where('pickup_discrepancies.pickup_id', '=', pickupId)
    .where('pickup_discrepancies.kind', '=', kind)
    .where('pickup_discrepancies.serial', '=', serial)
    .where('exceptions.outcome', 'in', ['taken-off-manifest', 'accepted-as-found', 'held-back'])
    .executeTakeFirst();
  return row?.id ?? null;
}
