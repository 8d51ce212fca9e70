/** On the dock: each unit scanned and judged at once; confirmed only when nothing is left that does not add up. */
import { deviceStream, pickupStream } from '../domain/fact.ts';
import type { NewFact } from '../domain/fact.ts';
import type { ScanVerdict } from '../domain/fact-types.ts';
import { normaliseSerial } from '../domain/serial.ts';
import { announceCustody } from './custody-news.ts';
import type { Tx } from './database.ts';
import { resolveException } from './exceptions.ts';
import { appendFacts } from './facts.ts';
import { discrepancies, scanVerdict } from './pickup-matching.ts';
import type { Discrepancy, Expected, Scanned } from './pickup-matching.ts';
import {
  advancePickup,
  discrepancyId,
  expectedUnits,
  lockDevices,
  openDiscrepancy,
  readScans,
} from './pickups.ts';
import type { PickupRow } from './pickups.ts';

export interface DockScan {
  /** The same id again is the same scan: it is answered as before. */
  readonly scanId: string;
  readonly serial: string;
  /** As read from the unit; `null` when nobody looked. */
  readonly model: string | null;
}

export interface ScanResult {
  readonly scanId: string;
  /** In normalised form; as read, where that cannot be a serial. */
  readonly serial: string;
  readonly verdict: ScanVerdict;
  readonly line: number | null;
  /** The exception that it opened, if it is one. */
  readonly exceptionId: string | null;
}

/** Who scans, and until when what does not add up must be decided. */
export interface DockWork {
  readonly actor: string;
  readonly exceptionsDueAt: Date;
}

export type Recorded =
  | { readonly kind: 'recorded'; readonly results: readonly ScanResult[] }
  /** Nothing more may be scanned. */
  | { readonly kind: 'confirmed' }
  /** A scan of that id was of another serial. */
  | { readonly kind: 'reused' };

/** Records scans in the given order, each with its verdict. The caller holds `lockPickup`. */
export async function recordDockScans(
  tx: Tx,
  pickup: PickupRow,
  scans: readonly DockScan[],
  work: DockWork,
  now: Date,
): Promise<Recorded> {
  const expected = await expectedUnits(tx, pickup.id);
  const dock = (await readScans(tx, pickup.id)).filter((scan) => scan.by === 'dock');
  const known = new Map(dock.map((scan) => [scan.id, scan]));
  if (scans.some((scan) => known.has(scan.scanId) && known.get(scan.scanId)?.serial !== keyOf(scan)))
    return { kind: 'reused' };
  if (pickup.confirmed_at !== null && scans.some((scan) => !known.has(scan.scanId)))
    return { kind: 'confirmed' };
  const before: Scanned[] = dock.map(({ serial, verdict }) => ({ serial, verdict }));
  await lockDevices(tx, devicesIn(scans, expected));
  const results: ScanResult[] = [];
  for (const scan of scans) {
    const repeated = known.get(scan.scanId);
    const verdict =
      repeated?.verdict ?? scanVerdict(normaliseSerial(scan.serial), scan.model, expected, before);
    const result = shown(pickup.id, scan.scanId, keyOf(scan), verdict, expected);
    results.push(result);
    if (repeated !== undefined) continue;
    before.push(result);
    await record(tx, pickup.id, scan, result, expected, work, now);
  }
  return { kind: 'recorded', results };
}

function keyOf({ serial }: DockScan): string {
  return normaliseSerial(serial) ?? serial;
}

function devicesIn(scans: readonly DockScan[], expected: readonly Expected[]): readonly string[] {
  const serials = new Set<string | null>(scans.map((scan) => normaliseSerial(scan.serial)));
  return expected.filter((one) => serials.has(one.serial)).map((one) => one.deviceId);
}

function shown(
  pickupId: string,
  scanId: string,
  serial: string,
  verdict: ScanVerdict,
  expected: readonly Expected[],
): ScanResult {
  const kind = verdict === 'unexpected' || verdict === 'model-mismatch' ? verdict : null;
  const line = expected.find((one) => one.serial === serial)?.line ?? null;
  return {
    scanId,
    serial,
    verdict,
    line,
    exceptionId: kind === null ? null : discrepancyId(pickupId, { kind, serial }),
  };
}

async function record(
  tx: Tx,
  pickupId: string,
  scan: DockScan,
  { serial, verdict }: ScanResult,
  expected: readonly Expected[],
  work: DockWork,
  now: Date,
): Promise<void> {
  const { scanId, model } = scan;
  const { actor } = work;
  await tx
    .insertInto('pickup_scans')
    .values({
      id: scanId,
      pickup_id: pickupId,
      by: 'dock',
      serial,
      model,
      verdict,
      scanned_by: actor,
      scanned_at: now,
    })
    .execute();
  // What cannot be a serial may be any text: it stays in the row.
  const data = {
    pickupId,
    by: 'dock',
    scanId,
    serial: verdict === 'unreadable' ? '' : serial,
    verdict,
  } as const;
  await appendFacts(
    tx,
    [
      {
        stream: pickupStream(pickupId),
        key: `pickup.scanned:${scanId}`,
        type: 'pickup.scanned',
        actor,
        data,
      },
    ],
    now,
  );
  const unit = expected.find((one) => one.serial === serial);
  if (verdict === 'unexpected' || verdict === 'model-mismatch') {
    const found: Discrepancy = {
      kind: verdict,
      serial,
      line: unit?.line ?? null,
      deviceId: unit?.deviceId ?? null,
    };
    await openDiscrepancy(tx, pickupId, found, work.exceptionsDueAt, now);
  }
  if (verdict !== 'match' || unit === undefined) return;
  await appendFacts(tx, [scannedByDock(pickupId, unit, actor, now)], now);
  await foundAgain(tx, pickupId, serial, actor, now);
}

function scannedByDock(pickupId: string, { deviceId, epoch }: Expected, actor: string, now: Date): NewFact {
  const key = `handoff.scanned:${deviceId}:${epoch}:${pickupId}:dock`;
  return {
    stream: deviceStream(deviceId),
    key,
    type: 'handoff.scanned',
    actor,
    data: { epoch, pickupId, by: 'dock', scannedAt: now.toISOString() },
  };
}

/** A unit that was missed, or whose model did not fit, has been scanned after all: nothing is left to decide. */
async function foundAgain(tx: Tx, pickupId: string, serial: string, actor: string, now: Date): Promise<void> {
  for (const kind of ['missing', 'model-mismatch'] as const) {
    const exceptionId = discrepancyId(pickupId, { kind, serial });
    await resolveException(
      tx,
      { exceptionId, outcome: 'scanned', reason: `serial ${serial}`, by: actor },
      now,
    );
  }
}

export interface OpenDiscrepancy extends Discrepancy {
  readonly exceptionId: string;
}

export type Confirmation =
  | { readonly kind: 'confirmed'; readonly lines: number; readonly isNew: boolean }
  /** Each is an exception with an owner by now. */
  | { readonly kind: 'refused'; readonly discrepancies: readonly OpenDiscrepancy[] };

/**
 * Confirms what leaves: every unit that was scanned, and none that was not. The caller holds `lockPickup`, and commits also
 * after a refusal, since that opens the exceptions.
 */
export async function confirmPickup(
  tx: Tx,
  pickup: PickupRow,
  work: DockWork,
  now: Date,
): Promise<Confirmation> {
  const { id: pickupId } = pickup;
  if (pickup.confirmed_at !== null)
    return { kind: 'confirmed', lines: await confirmedLines(tx, pickupId), isNew: false };
  const expected = await expectedUnits(tx, pickupId);
  const scans = (await readScans(tx, pickupId)).filter((scan) => scan.by === 'dock');
  const found = discrepancies(expected, scans);
  for (const one of found) await openDiscrepancy(tx, pickupId, one, work.exceptionsDueAt, now);
  const outcomes = await outcomesOf(tx, pickupId, found);
  const open = found.flatMap((one) => {
    const exceptionId = discrepancyId(pickupId, one);
    return outcomes.has(exceptionId) ? [] : [{ ...one, exceptionId }];
  });
  if (open.length > 0) return { kind: 'refused', discrepancies: open };
  const accepted = found.filter(
    (one) => one.kind === 'model-mismatch' && outcomes.get(discrepancyId(pickupId, one)) === ACCEPTED,
  );
  const matched = new Set(scans.filter((scan) => scan.verdict === 'match').map((scan) => scan.serial));
  const agreed = new Set(accepted.map((one) => one.serial));
  const units = expected.filter((one) => one.leaving && (matched.has(one.serial) || agreed.has(one.serial)));
  await handOver(tx, pickupId, units, agreed, work.actor, now);
  return { kind: 'confirmed', lines: units.length, isNew: true };
}

/** The outcome that lets a unit travel although its model was read differently; any other keeps it back. */
export const ACCEPTED = 'accepted';

async function outcomesOf(
  tx: Tx,
  pickupId: string,
  found: readonly Discrepancy[],
): Promise<ReadonlyMap<string, string | null>> {
  if (found.length === 0) return new Map();
  const ids = found.map((one) => discrepancyId(pickupId, one));
  const rows = await tx
    .selectFrom('exceptions')
    .select(['id', 'outcome'])
    .where('id', 'in', ids)
    .where('resolved_at', 'is not', null)
    .execute();
  return new Map(rows.map((row) => [row.id, row.outcome]));
}

async function handOver(
  tx: Tx,
  pickupId: string,
  units: readonly Expected[],
  agreed: ReadonlySet<string>,
  actor: string,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('pickups')
    .set({ state: 'confirmed', confirmed_by: actor, confirmed_at: now })
    .where('id', '=', pickupId)
    .execute();
  const data = { pickupId, lines: units.length, confirmedBy: actor };
  await appendFacts(
    tx,
    [
      {
        stream: pickupStream(pickupId),
        key: `pickup.confirmed:${pickupId}`,
        type: 'pickup.confirmed',
        actor,
        data,
      },
    ],
    now,
  );
  await lockDevices(
    tx,
    units.map((unit) => unit.deviceId),
  );
  for (const unit of units) {
    const { deviceId, epoch, serial } = unit;
    const key = `handoff.transferred:${deviceId}:${epoch}:${pickupId}`;
    const transferred: NewFact = {
      stream: deviceStream(deviceId),
      key,
      type: 'handoff.transferred',
      actor,
      data: { epoch, pickupId, confirmedBy: actor },
    };
    await appendFacts(
      tx,
      agreed.has(serial) ? [scannedByDock(pickupId, unit, actor, now), transferred] : [transferred],
      now,
    );
    await announceCustody(tx, deviceId, epoch, now);
  }
  await advancePickup(tx, pickupId);
}

async function confirmedLines(tx: Tx, pickupId: string): Promise<number> {
  const fact = await tx
    .selectFrom('facts')
    .select('canonical')
    .where('key', '=', `pickup.confirmed:${pickupId}`)
    .executeTakeFirstOrThrow();
  const { data } = JSON.parse(fact.canonical) as { data: { lines: number } };
  return data.lines;
}
