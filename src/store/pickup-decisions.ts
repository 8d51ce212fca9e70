/** A decision about what does not add up on the dock: it changes the manifest and the custodies, not only a row. */
import { fittingOutcomes } from '../domain/discrepancy.ts';
import type { DiscrepancyOutcome } from '../domain/discrepancy.ts';
import { deviceStream } from '../domain/fact.ts';
import { normaliseSerial } from '../domain/serial.ts';
import { announceCustody } from './custody-news.ts';
import type { Reader, Tx } from './database.ts';
import { openExceptionAgain, resolveException } from './exceptions.ts';
import { lockStream } from './held-streams.ts';
import { addLine, lineOf, lineOfSerial, takeOff } from './pickup-manifest.ts';
import { openRetirement } from './retirements.ts';
import { describeException, lockPickup } from './pickups.ts';
import type { KeptDiscrepancy, PickupLineRow, PickupUnit } from './pickups.ts';

/** The discrepancy that an exception is; `null` when it is none. */
export async function readDiscrepancy(db: Reader, exceptionId: string): Promise<KeptDiscrepancy | null> {
  const row = await db
    .selectFrom('pickup_discrepancies')
    .selectAll()
    .where('exception_id', '=', exceptionId)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { pickup_id: pickupId, kind, serial, line, device_id: deviceId } = row;
  return { exceptionId, pickupId, kind, serial, line, deviceId };
}

export interface DecisionWork {
  readonly by: string;
  /** In words; beside the ledger. */
  readonly reason: string;
  /** Until when what is held back must be looked into. */
  readonly exceptionsDueAt: Date;
  /** The device of that serial as a manifest takes it, or a code for what is in its way. */
  readonly unitOf: (serial: string) => Promise<PickupUnit | string>;
}

export type DiscrepancyDecision =
  | { readonly kind: 'applied' }
  | { readonly kind: 'not-fitting'; readonly fitting: readonly DiscrepancyOutcome[] }
  /** What was found may not leave. */
  | { readonly kind: 'not-ready'; readonly obstacle: string };

/**
 * Applies an outcome. The exception itself is resolved by the caller afterwards, in the same transaction; others about the
 * same unit that this settles are resolved here.
 */
export async function applyDiscrepancyOutcome(
  tx: Tx,
  found: KeptDiscrepancy,
  outcome: string,
  work: DecisionWork,
  now: Date,
): Promise<DiscrepancyDecision> {
  const fitting = fittingOutcomes(found.kind);
  const fits = fitting.find((one) => one === outcome);
  if (fits === undefined) return { kind: 'not-fitting', fitting };
  const pickup = await lockPickup(tx, found.pickupId);
  if (pickup === null || pickup.confirmed_at !== null) return { kind: 'applied' };
  const line = await lineOfSerial(tx, found.pickupId, found.serial);
  const isOnManifest = line !== null && line.taken_off_at === null;
  if (isOnManifest)
    return fits === 'retired'
      ? { kind: 'not-ready', obstacle: 'on-a-pickup' }
      : decideLine(tx, found, line, fits, work, now);
  return decideStranger(tx, found, fits, work, now);
}

/** The unit is on the manifest. */
async function decideLine(
  tx: Tx,
  found: KeptDiscrepancy,
  line: PickupLineRow,
  outcome: Exclude<DiscrepancyOutcome, 'retired'>,
  work: DecisionWork,
  now: Date,
): Promise<DiscrepancyDecision> {
  if (outcome === 'accepted-as-found') {
    if (found.kind === 'model-mismatch') await acceptLine(tx, line, now);
    return { kind: 'applied' };
  }
  await takeOff(tx, line, outcome, { exceptionId: found.exceptionId, actor: work.by }, now);
  if (outcome === 'held-back') await holdBack(tx, line, found, work, now);
  await settleOthers(tx, found, outcome, work, now);
  return { kind: 'applied' };
}

/** The unit is on no line: it goes only when it is ours, wiped and back. */
async function decideStranger(
  tx: Tx,
  found: KeptDiscrepancy,
  outcome: DiscrepancyOutcome,
  work: DecisionWork,
  now: Date,
): Promise<DiscrepancyDecision> {
  const cause = { exceptionId: found.exceptionId, actor: work.by };
  if (outcome === 'accepted-as-found') {
    const unit = await work.unitOf(found.serial);
    if (typeof unit === 'string') return { kind: 'not-ready', obstacle: unit };
    await addLine(tx, found.pickupId, unit, cause, now);
  }
  if (outcome === 'retired') {
    const obstacle = await retire(tx, found, work.by, now);
    if (obstacle !== null) return { kind: 'not-ready', obstacle };
  }
  const replaced = found.line === null ? null : await lineOf(tx, found.pickupId, found.line);
  // One that has turned up since stays on.
  if (replaced !== null && replaced.taken_off_at === null && !(await isScanned(tx, replaced)))
    await takeOff(tx, replaced, 'taken-off-manifest', cause, now);
  if (outcome === 'held-back') {
    const device = await deviceInCustody(tx, found.serial);
    if (device !== null) await holdBack(tx, device, found, work, now);
  }
  await settleOthers(tx, found, outcome, work, now);
  return { kind: 'applied' };
}

/**
 * Opens a retirement case for a unit that no custody follows: it is taken to hold data, and what proves that it holds none, its
 * certificate and its closure come the usual way.
 *
 * @returns A code for what is in the way; `null` when it is opened.
 */
async function retire(
  tx: Tx,
  { pickupId, serial: found }: KeptDiscrepancy,
  by: string,
  now: Date,
): Promise<string | null> {
  const serial = normaliseSerial(found);
  if (serial === null) return 'unknown-serial';
  const scan = await tx
    .selectFrom('pickup_scans')
    .select('model')
    .where('pickup_id', '=', pickupId)
    .where('by', '=', 'dock')
    .where('serial', '=', serial)
    .where('model', 'is not', null)
    .orderBy('scanned_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  const retired = { of: 'other', dataBearing: true, drives: [] } as const;
  const unit = { serial, retired, manufacturer: null, model: scan?.model ?? null, assetTag: null };
  const opened = await openRetirement(tx, [unit], by, now);
  return opened.kind === 'opened' ? null : (opened.obstacles[0]?.why ?? 'in-custody');
}

async function acceptLine(tx: Tx, { pickup_id: pickupId, line }: PickupLineRow, now: Date): Promise<void> {
  await tx
    .updateTable('pickup_lines')
    .set({ accepted_at: now })
    .where('pickup_id', '=', pickupId)
    .where('line', '=', line)
    .execute();
}

async function isScanned(
  tx: Tx,
  { pickup_id: pickupId, serial }: Pick<PickupLineRow, 'pickup_id' | 'serial'>,
): Promise<boolean> {
  const scan = await tx
    .selectFrom('pickup_scans')
    .select('id')
    .where('pickup_id', '=', pickupId)
    .where('by', '=', 'dock')
    .where('serial', '=', serial)
    .executeTakeFirst();
  return scan !== undefined;
}

interface InCustody {
  readonly device_id: string;
  readonly epoch: number;
}

async function deviceInCustody(tx: Tx, serial: string): Promise<InCustody | null> {
  const rows = await tx
    .selectFrom('devices')
    .innerJoin('custodies', 'custodies.device_id', 'devices.id')
    .select(['custodies.device_id', 'custodies.epoch'])
    .where('devices.serial', '=', serial)
    .where('custodies.state', '=', 'open')
    .execute();
  // Of two with one serial nobody can tell which this is.
  return rows.length === 1 ? (rows[0] ?? null) : null;
}

/** Until somebody has looked into it, no other pickup takes it: an exception of the device itself, with an owner. */
async function holdBack(
  tx: Tx,
  { device_id: deviceId, epoch }: InCustody,
  found: KeptDiscrepancy,
  work: DecisionWork,
  now: Date,
): Promise<void> {
  const custody = await tx
    .selectFrom('custodies')
    .select(['state', 'case_id'])
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  if (custody?.state !== 'open') return;
  const stream = deviceStream(deviceId);
  await lockStream(tx, stream);
  const id = await openExceptionAgain(
    tx,
    {
      stream,
      code: 'held-back-at-dock',
      gate: 'itad-handoff',
      round: epoch,
      owner: 'asset-manager',
      blocking: true,
      dueAt: work.exceptionsDueAt,
      caseId: custody.case_id,
      deviceId,
      pickupId: found.pickupId,
      occurrence: found.exceptionId,
    },
    now,
  );
  await describeException(tx, id, `serial ${found.serial}; ${found.kind}`);
  await announceCustody(tx, deviceId, epoch, now);
}

/** Scan and count may both have missed one unit: one decision settles both. */
async function settleOthers(
  tx: Tx,
  { exceptionId, pickupId, serial }: KeptDiscrepancy,
  outcome: DiscrepancyOutcome,
  { by, reason }: DecisionWork,
  now: Date,
): Promise<void> {
  const others = await tx
    .selectFrom('pickup_discrepancies')
    .select(['exception_id', 'kind'])
    .where('pickup_id', '=', pickupId)
    .where('serial', '=', serial)
    .where('exception_id', '<>', exceptionId)
    .execute();
  for (const other of others) {
    if (!fittingOutcomes(other.kind).includes(outcome)) continue;
    await resolveException(
      tx,
      { exceptionId: other.exception_id, outcome, reason: `serial ${serial}; ${reason}`, by },
      now,
    );
  }
}
