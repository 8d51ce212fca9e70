/** On the dock: each unit scanned and judged at once, against the manifest and against what is known of the serial. */
import { deviceStream, pickupStream } from '../domain/fact.ts';
import type { NewFact } from '../domain/fact.ts';
import type { ScanVerdict } from '../domain/fact-types.ts';
import { normaliseSerial } from '../domain/serial.ts';
import type { Tx } from './database.ts';
import { resolveException } from './exceptions.ts';
import { appendFacts } from './facts.ts';
import { queueAsks } from './inventory-asks.ts';
import type { ScannedSerial } from './inventory-asks.ts';
import { scanVerdict } from './pickup-matching.ts';
import type { Discrepancy, Expected, Scanned } from './pickup-matching.ts';
import { discrepancyId, expectedUnits, lockDevices, openDiscrepancy } from './pickups.ts';
import type { PickupRow, PickupScanRow } from './pickups.ts';
import { lineStoodFor, recordsOf } from './scan-lookup.ts';
import type { SerialRecord } from './scan-lookup.ts';

export interface DockScan {
  /** The same id again is the same scan: it is answered as before. */
  readonly scanId: string;
  readonly serial: string;
  /** As read from the unit; `null` when nobody looked. */
  readonly model: string | null;
  /** Of the sticker on the unit; `null` when nobody looked. */
  readonly assetTag: string | null;
}

export interface ScanResult {
  readonly scanId: string;
  /** In normalised form; as read, where that cannot be a serial. */
  readonly serial: string;
  readonly verdict: ScanVerdict;
  /** The unit's own line; of a substituted unit, the one that it seems to stand for. */
  readonly line: number | null;
  /** The exception that it opened, if it is one. */
  readonly exceptionId: string | null;
  /** What the recorded answers of the sources know of that serial; `null`: no device of ours. */
  readonly known: SerialRecord | null;
  /** The inventories are asked live about it, because of this scan. */
  readonly asking: boolean;
}

/** Who works on the dock, and until when what does not add up must be decided. */
export interface DockWork {
  readonly actor: string;
  readonly exceptionsDueAt: Date;
}

export interface ScanWork extends DockWork {
  /** The configured ones: each is asked live about what is scanned for the first time. */
  readonly inventories: readonly string[];
}

export type Recorded =
  | { readonly kind: 'recorded'; readonly results: readonly ScanResult[] }
  /** Nothing more may be scanned. */
  | { readonly kind: 'confirmed' }
  /** A scan of that id was of another serial. */
  | { readonly kind: 'reused' };

/**
 * Records scans in the given order, each with its verdict. Only what is on record of these serials is read, so that the answer
 * takes as long at five thousand lines as at five. The caller holds `lockPickup`.
 */
export async function recordDockScans(
  tx: Tx,
  pickup: PickupRow,
  scans: readonly DockScan[],
  work: ScanWork,
  now: Date,
): Promise<Recorded> {
  const serials = [...new Set(scans.map(keyOf))];
  const earlier = await scansOf(tx, pickup.id, serials);
  const known = new Map((await scansById(tx, scans)).map((scan) => [scan.id, scan]));
  if (scans.some((scan) => known.has(scan.scanId) && known.get(scan.scanId)?.serial !== keyOf(scan)))
    return { kind: 'reused' };
  if (pickup.confirmed_at !== null && scans.some((scan) => !known.has(scan.scanId)))
    return { kind: 'confirmed' };
  const expected = await expectedUnits(tx, pickup.id, serials);
  const records = await recordsOf(tx, serials, pickup.id);
  const before: Scanned[] = earlier.map(({ serial, verdict, model }) => ({ serial, verdict, model }));
  await lockDevices(
    tx,
    expected.map((one) => one.deviceId),
  );
  const asking = await queueAsks(tx, pickup.id, newSerials(scans, known), work.inventories, now);
  const results: ScanResult[] = [];
  for (const scan of scans) {
    const record = records.get(keyOf(scan)) ?? null;
    const repeated = known.get(scan.scanId);
    const result =
      repeated === undefined
        ? {
            ...(await judge(tx, pickup.id, scan, record, expected, before)),
            asking: asking.has(keyOf(scan)),
          }
        : shown(pickup.id, scan, repeated.verdict, repeated.instead_of, record, expected);
    results.push(result);
    if (repeated !== undefined) continue;
    before.push({ ...result, model: scan.model });
    await keep(tx, pickup.id, scan, result, expected, work, now);
  }
  return { kind: 'recorded', results };
}

/** Of what is scanned now and can be a serial. */
function newSerials(
  scans: readonly DockScan[],
  known: ReadonlyMap<string, PickupScanRow>,
): readonly ScannedSerial[] {
  const fresh = scans.filter((scan) => !known.has(scan.scanId));
  return fresh.flatMap(({ serial: spelled }) => {
    const serial = normaliseSerial(spelled);
    return serial === null ? [] : [{ serial, spelled }];
  });
}

function keyOf({ serial }: DockScan): string {
  return normaliseSerial(serial) ?? serial;
}

async function scansOf(
  tx: Tx,
  pickupId: string,
  serials: readonly string[],
): Promise<readonly PickupScanRow[]> {
  return tx
    .selectFrom('pickup_scans')
    .selectAll()
    .where('pickup_id', '=', pickupId)
    .where('by', '=', 'dock')
    .where('serial', 'in', [...serials])
    .execute();
}

async function scansById(tx: Tx, scans: readonly DockScan[]): Promise<readonly PickupScanRow[]> {
  const ids = scans.map((scan) => scan.scanId);
  return tx.selectFrom('pickup_scans').selectAll().where('id', 'in', ids).execute();
}

async function judge(
  tx: Tx,
  pickupId: string,
  scan: DockScan,
  record: SerialRecord | null,
  expected: readonly Expected[],
  before: readonly Scanned[],
): Promise<ScanResult> {
  const serial = normaliseSerial(scan.serial);
  const isStranger = serial !== null && !expected.some((one) => one.serial === serial && one.leaving);
  const standsFor = isStranger
    ? await lineStoodFor(tx, pickupId, scan.assetTag, scan.model ?? record?.model ?? null)
    : null;
  const verdict = scanVerdict(serial, scan.model, expected, before, standsFor);
  return shown(pickupId, scan, verdict, standsFor, record, expected);
}

function shown(
  pickupId: string,
  scan: DockScan,
  verdict: ScanVerdict,
  standsFor: number | null,
  known: SerialRecord | null,
  expected: readonly Expected[],
): ScanResult {
  const serial = keyOf(scan);
  const kind = discrepancyOf(verdict);
  const own = expected.find((one) => one.serial === serial)?.line ?? null;
  return {
    scanId: scan.scanId,
    serial,
    verdict,
    line: verdict === 'substituted' ? standsFor : own,
    exceptionId: kind === null ? null : discrepancyId(pickupId, { kind, serial }),
    known,
    asking: false,
  };
}

/** A scan that somebody must decide about. */
function discrepancyOf(verdict: ScanVerdict): 'unexpected' | 'substituted' | 'model-mismatch' | null {
  return verdict === 'unexpected' || verdict === 'substituted' || verdict === 'model-mismatch'
    ? verdict
    : null;
}

async function keep(
  tx: Tx,
  pickupId: string,
  scan: DockScan,
  { serial, verdict, line }: ScanResult,
  expected: readonly Expected[],
  work: DockWork,
  now: Date,
): Promise<void> {
  const { scanId, model } = scan;
  const { actor } = work;
  const insteadOf = verdict === 'substituted' ? line : null;
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
      instead_of: insteadOf,
    })
    .execute();
  const scanned: NewFact = {
    stream: pickupStream(pickupId),
    key: `pickup.scanned:${scanId}`,
    type: 'pickup.scanned',
    actor,
    data: {
      pickupId,
      by: 'dock',
      scanId,
      // What cannot be a serial may be any text: it stays in the row.
      serial: verdict === 'unreadable' ? '' : serial,
      verdict,
      ...(insteadOf === null ? {} : { insteadOf }),
    },
  };
  await appendFacts(tx, [scanned], now);
  const unit = expected.find((one) => one.serial === serial);
  const kind = discrepancyOf(verdict);
  if (kind !== null) {
    const found: Discrepancy = {
      kind,
      serial,
      line: unit?.line ?? insteadOf,
      deviceId: unit?.deviceId ?? null,
    };
    await openDiscrepancy(tx, pickupId, found, work.exceptionsDueAt, now);
  }
  if (verdict !== 'match' || unit === undefined) return;
  // It may have matched before, and its model have been looked at since: the first scan counts.
  const fact = scannedByDock(pickupId, unit, actor, now);
  const known = await tx.selectFrom('facts').select('id').where('key', '=', fact.key).executeTakeFirst();
  if (known === undefined) await appendFacts(tx, [fact], now);
  await foundAgain(tx, pickupId, serial, actor, now);
}

/** The fact on the device's own stream that we have scanned it out. */
export function scannedByDock(
  pickupId: string,
  { deviceId, epoch }: Pick<Expected, 'deviceId' | 'epoch'>,
  actor: string,
  now: Date,
): NewFact {
  return {
    stream: deviceStream(deviceId),
    key: `handoff.scanned:${deviceId}:${epoch}:${pickupId}:dock`,
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
