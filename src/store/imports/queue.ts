/** Lines that matched nothing: put to a device on a pickup by somebody, or let go with a reason. */
import type { Selectable } from 'kysely';
import { IMPORTS_STREAM, deviceStream } from '../../domain/fact.ts';
import { foldCustody } from '../../domain/custody-state.ts';
import type { UnitOf, VendorList } from '../../domain/vendor-lines.ts';
import { announceCustody } from '../custody-news.ts';
import type { Tx } from '../database.ts';
import { chassisOf } from '../drives.ts';
import { resolveException } from '../exceptions.ts';
import { appendFacts } from '../facts.ts';
import { lockStream } from '../held-streams.ts';
import { keepLateReports, lateReportOf } from '../late-reports.ts';
import { advancePickup, lockPickup } from '../pickups.ts';
import type { Schema } from '../schema.ts';
import { readStream } from '../streams.ts';
import { factOf, handedOf } from './apply.ts';
import type { Applied } from './apply.ts';
import { settleStranger } from './strangers.ts';
import { unmatchedExceptionId } from './take-in.ts';

type AnyUnit = UnitOf[VendorList];

export type ImportLineRow = Selectable<Schema['import_lines']>;

export interface LineDecision {
  readonly importId: string;
  readonly line: number;
  readonly by: string;
  /** In words; may name people. */
  readonly reason: string;
  /** `null` lets the line go. */
  readonly to: { readonly deviceId: string; readonly pickupId: string } | null;
}

export type Decided =
  | { readonly kind: 'decided'; readonly row: ImportLineRow }
  /** There is no such line, or it matched. */
  | { readonly kind: 'not-found' }
  /** Decided before, another way. */
  | { readonly kind: 'was-decided' }
  /** The device is on no pickup of that id and that vendor, or its custody has ended: closed, it still takes what became of it. */
  | { readonly kind: 'not-on-pickup' };

/** Decides one line. The same decision again changes nothing. */
export async function decideLine(tx: Tx, decision: LineDecision, now: Date): Promise<Decided> {
  const { importId, line, by, reason, to } = decision;
  const known = await readLine(tx, importId, line);
  if (known === null || known.outcome !== 'unmatched') return { kind: 'not-found' };
  // A pickup's row comes before any stream.
  const pickup = to === null ? null : await lockPickup(tx, to.pickupId);
  const row = await lockLine(tx, importId, line);
  if (row.decision !== null) {
    const isSame =
      row.decision === (to === null ? 'dismissed' : 'linked') &&
      (to === null || (row.device_id === to.deviceId && row.pickup_id === to.pickupId));
    return isSame ? { kind: 'decided', row } : { kind: 'was-decided' };
  }
  let epoch: number | null = null;
  if (to !== null) {
    if (pickup === null || pickup.connector !== row.connector) return { kind: 'not-on-pickup' };
    epoch = await epochOn(tx, to, row.list);
    if (epoch === null) return { kind: 'not-on-pickup' };
  }
  const change = {
    decision: to === null ? ('dismissed' as const) : ('linked' as const),
    reason,
    decided_by: by,
    decided_at: now,
    ...(to !== null && { pickup_id: to.pickupId, device_id: to.deviceId, epoch }),
  };
  await tx
    .updateTable('import_lines')
    .set(change)
    .where('import_id', '=', importId)
    .where('line', '=', line)
    .execute();
  // Before the device: a pickup's stream comes first.
  if (row.unit !== null)
    await settleStranger(tx, { ...row, unit: row.unit }, { outcome: change.decision, by }, now);
  if (to !== null && epoch !== null) await link(tx, row, { ...to, epoch }, by, now);
  const key = `import.line-decided:${importId}:${line}`;
  const data = {
    importId,
    line,
    decision: change.decision,
    deviceId: to?.deviceId ?? null,
    pickupId: to?.pickupId ?? null,
  };
  await appendFacts(tx, [{ stream: IMPORTS_STREAM, key, type: 'import.line-decided', actor: by, data }], now);
  await settle(tx, importId, by, now);
  return { kind: 'decided', row: await lockLine(tx, importId, line) };
}

async function readLine(tx: Tx, importId: string, line: number): Promise<ImportLineRow | null> {
  const row = await tx
    .selectFrom('import_lines')
    .selectAll()
    .where('import_id', '=', importId)
    .where('line', '=', line)
    .executeTakeFirst();
  return row ?? null;
}

async function lockLine(tx: Tx, importId: string, line: number): Promise<ImportLineRow> {
  return tx
    .selectFrom('import_lines')
    .selectAll()
    .where('import_id', '=', importId)
    .where('line', '=', line)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

async function epochOn(
  tx: Tx,
  { deviceId, pickupId }: { readonly deviceId: string; readonly pickupId: string },
  list: VendorList,
): Promise<number | null> {
  const row = await tx
    .selectFrom('pickup_lines')
    .innerJoin('custodies', (join) =>
      join
        .onRef('custodies.device_id', '=', 'pickup_lines.device_id')
        .onRef('custodies.epoch', '=', 'pickup_lines.epoch'),
    )
    .select('pickup_lines.epoch')
    .where('pickup_lines.pickup_id', '=', pickupId)
    .where('pickup_lines.device_id', '=', deviceId)
    .where('custodies.state', 'in', list === 'disposition' ? ['open', 'closed'] : ['open'])
    .executeTakeFirst();
  return row?.epoch ?? null;
}

/** What the line says becomes a fact of the device, in the name of who linked it. */
async function link(
  tx: Tx,
  { list, unit, connector, serial, import_id: importId }: ImportLineRow,
  to: { readonly deviceId: string; readonly pickupId: string; readonly epoch: number },
  by: string,
  now: Date,
): Promise<void> {
  if (unit === null) throw new Error('a line in the queue says something');
  const { document_digest: documentDigest } = await tx
    .selectFrom('imports')
    .select('document_digest')
    .where('id', '=', importId)
    .executeTakeFirstOrThrow();
  await lockStream(tx, deviceStream(to.deviceId));
  const isDrive = (await chassisOf(tx, [to.deviceId])).has(serial);
  const applied = { list, actor: by, documentDigest };
  if (await linkLate(tx, applied, { ...to, unit }, now)) return;
  const fact = factOf(applied, { ...to, unit, isDrive });
  const known = await tx.selectFrom('facts').select('id').where('key', '=', fact.key).executeTakeFirst();
  if (known === undefined) {
    await appendFacts(tx, [fact], now);
    await announceCustody(tx, to.deviceId, to.epoch, now);
  }
  if ('certificateId' in unit)
    await tx
      .updateTable('certificates')
      .set({ pickup_id: to.pickupId })
      .where('connector', '=', connector)
      .where('certificate_id', '=', unit.certificateId)
      .where('serial', '=', serial)
      .execute();
  await advancePickup(tx, to.pickupId);
}

/** @returns Whether the custody is closed: it is judged no more, and the pickup stands as it stood. */
async function linkLate(
  tx: Tx,
  applied: Applied,
  to: {
    readonly deviceId: string;
    readonly pickupId: string;
    readonly epoch: number;
    readonly unit: AnyUnit;
  },
  now: Date,
): Promise<boolean> {
  const { deviceId, epoch, unit } = to;
  if (applied.list !== 'disposition' || !('processedAt' in unit)) return false;
  const facts = await readStream(tx, deviceStream(deviceId));
  if (foldCustody(facts, epoch)?.closed === null) return false;
  const late = lateReportOf(handedOf(applied, to), unit, facts);
  if (late === null) return true;
  await appendFacts(tx, [late.fact], now);
  await keepLateReports(tx, [late]);
  return true;
}

/** The exception of an import ends with the last of its lines. */
async function settle(tx: Tx, importId: string, by: string, now: Date): Promise<void> {
  const open = await tx
    .selectFrom('import_lines')
    .select('line')
    .where('import_id', '=', importId)
    .where('outcome', '=', 'unmatched')
    .where('decision', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (open !== undefined) return;
  const exceptionId = unmatchedExceptionId(importId);
  const reason = `every line of ${importId} is decided`;
  await resolveException(tx, { exceptionId, outcome: 'decided', reason, by }, now);
}
