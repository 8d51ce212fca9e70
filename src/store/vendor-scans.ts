/**
 * What the disposal vendor's driver scanned at a pickup, taken in serial by serial. Everything is keyed by ids and serials, so
 * that taking it in again changes nothing. What comes later may be of many pickups: see `imports/`.
 */
import type { VendorScanLine } from '../domain/disposition.ts';
import { deviceStream, pickupStream } from '../domain/fact.ts';
import type { NewFact } from '../domain/fact.ts';
import { normaliseSerial } from '../domain/serial.ts';
import { announceCustody } from './custody-news.ts';
import type { Tx } from './database.ts';
import { keepDocument } from './documents.ts';
import { appendFacts } from './facts.ts';
import { derivedId } from './ids.ts';
import { queueAsks } from './inventory-asks.ts';
import type { ScannedSerial } from './inventory-asks.ts';
import { scanVerdict } from './pickup-matching.ts';
import type { Expected, Scanned } from './pickup-matching.ts';
import { expectedUnits, lockDevices, openPickupException, readScans } from './pickups.ts';
import type { PickupRow } from './pickups.ts';

/** A list with the exact document that it was read from. */
export interface Imported<T> {
  readonly lines: readonly T[];
  readonly document: Buffer;
  readonly contentType: string;
}

export interface ImportWork {
  /** Until when what matches nothing must be decided. */
  readonly exceptionsDueAt: Date;
  /** The configured ones: each is asked live about what nobody has scanned before. */
  readonly inventories: readonly string[];
  readonly now: Date;
}

/** Units of the manifest that belong to a line, with the line. */
interface Matched<T> {
  readonly unit: Expected;
  readonly line: T;
}

/** The vendor's driver scanned at the dock. The caller holds `lockPickup`. */
export async function importVendorScan(
  tx: Tx,
  pickup: PickupRow,
  list: Imported<VendorScanLine>,
  work: ImportWork,
): Promise<void> {
  const expected = await expectedUnits(tx, pickup.id);
  const actor = `connector:${pickup.connector}`;
  await keepDocument(tx, list.document, list.contentType);
  const known = (await readScans(tx, pickup.id)).filter((scan) => scan.by === 'vendor');
  const before: Scanned[] = known.map(({ serial, verdict }) => ({ serial, verdict }));
  const taken = new Set(known.map((scan) => scan.id));
  const scanned: ScannedSerial[] = [];
  for (const { serial: printed, model, scannedAt } of list.lines) {
    const normalised = normaliseSerial(printed);
    const serial = normalised ?? printed;
    const scanId = derivedId('scan', `vendor:${pickup.id}:${serial}:${scannedAt}`);
    if (taken.has(scanId)) continue;
    taken.add(scanId);
    if (normalised !== null) scanned.push({ serial: normalised, spelled: printed });
    // Vendors print models in words of their own: only serials are held against each other here.
    const verdict = scanVerdict(normalised, null, expected, before);
    before.push({ serial, verdict });
    await tx
      .insertInto('pickup_scans')
      .values({
        id: scanId,
        pickup_id: pickup.id,
        by: 'vendor',
        serial,
        model,
        verdict,
        scanned_by: actor,
        scanned_at: scannedAt,
      })
      .execute();
    const data = {
      pickupId: pickup.id,
      by: 'vendor',
      scanId,
      serial: verdict === 'unreadable' ? '' : serial,
      verdict,
    } as const;
    await appendFacts(
      tx,
      [
        {
          stream: pickupStream(pickup.id),
          key: `pickup.scanned:${scanId}`,
          type: 'pickup.scanned',
          actor,
          data,
        },
      ],
      work.now,
    );
    if (verdict === 'unexpected')
      await raise(tx, pickup, 'vendor-scan-unexpected', serial, `serial ${serial}`, work);
  }
  // Once it is handed over, no answer changes what has left.
  if (pickup.confirmed_at === null) await queueAsks(tx, pickup.id, scanned, work.inventories, work.now);
  await recordOnDevices(
    tx,
    matchedOf(list.lines, expected),
    work.now,
    ({ unit: { deviceId, epoch }, line }) => ({
      stream: deviceStream(deviceId),
      key: `handoff.scanned:${deviceId}:${epoch}:${pickup.id}:vendor`,
      type: 'handoff.scanned',
      actor,
      data: { epoch, pickupId: pickup.id, by: 'vendor', scannedAt: line.scannedAt },
    }),
  );
}

function matchedOf<T extends { readonly serial: string }>(
  lines: readonly T[],
  expected: readonly Expected[],
): readonly Matched<T>[] {
  return lines.flatMap((line) => {
    const serial = normaliseSerial(line.serial);
    const unit = expected.find((one) => one.serial === serial);
    return unit === undefined ? [] : [{ unit, line }];
  });
}

/**
 * Records one fact per matched line whose key is new, and wakes those custodies. A custody that has ended takes no more
 * facts: what comes late stays in rows and documents.
 */
async function recordOnDevices<T>(
  tx: Tx,
  matched: readonly Matched<T>[],
  now: Date,
  factOf: (one: Matched<T>) => NewFact,
): Promise<void> {
  const open = matched.filter(({ unit }) => unit.leaving);
  await lockDevices(
    tx,
    open.map(({ unit }) => unit.deviceId),
  );
  for (const one of open) {
    const fact = factOf(one);
    const known = await tx.selectFrom('facts').select('id').where('key', '=', fact.key).executeTakeFirst();
    if (known !== undefined) continue;
    await appendFacts(tx, [fact], now);
    await announceCustody(tx, one.unit.deviceId, one.unit.epoch, now);
  }
}

async function raise(
  tx: Tx,
  pickup: PickupRow,
  code: string,
  occurrence: string,
  about: string,
  { exceptionsDueAt, now }: ImportWork,
): Promise<void> {
  await openPickupException(tx, pickup.id, { code, occurrence, about, deviceId: null }, exceptionsDueAt, now);
}
