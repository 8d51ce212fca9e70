/**
 * What a disposal vendor sends about a pickup, taken in serial by serial. Everything is keyed by ids, serials and the
 * document's digest, so that taking a document in again changes nothing. Names stay in documents and rows.
 */
import type { CertificateLine, ReceiptLine, VendorScanLine } from '../domain/disposition.ts';
import { deviceStream, pickupStream } from '../domain/fact.ts';
import type { NewFact } from '../domain/fact.ts';
import { normaliseSerial } from '../domain/serial.ts';
import { announceCustody } from './custody-news.ts';
import type { Tx } from './database.ts';
import { keepDocument } from './documents.ts';
import { chassisOf } from './drives.ts';
import { appendFacts } from './facts.ts';
import { certifiedFact, receivedFact } from './handoff-facts.ts';
import { derivedId } from './ids.ts';
import { scanVerdict } from './pickup-matching.ts';
import type { Expected, Scanned } from './pickup-matching.ts';
import { advancePickup, expectedUnits, lockDevices, openPickupException, readScans } from './pickups.ts';
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
  readonly now: Date;
}

/** Units of the manifest that belong to a line, with the line. */
interface Matched<T> {
  readonly unit: Expected;
  readonly line: T;
  /** The drive in it that the line is about; absent where it is about the unit. */
  readonly drive?: string;
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
  for (const { serial: printed, model, scannedAt } of list.lines) {
    const normalised = normaliseSerial(printed);
    const serial = normalised ?? printed;
    const scanId = derivedId('scan', `vendor:${pickup.id}:${serial}:${scannedAt}`);
    if (taken.has(scanId)) continue;
    taken.add(scanId);
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

/** The facility received. The caller holds `lockPickup`. */
export async function importReceipt(
  tx: Tx,
  pickup: PickupRow,
  list: Imported<ReceiptLine>,
  work: ImportWork,
): Promise<void> {
  const expected = await expectedUnits(tx, pickup.id);
  const actor = `connector:${pickup.connector}`;
  const documentDigest = await keepDocument(tx, list.document, list.contentType);
  const data = { pickupId: pickup.id, documentDigest, lines: list.lines.length };
  await appendFacts(
    tx,
    [
      {
        stream: pickupStream(pickup.id),
        key: `pickup.receipt:${pickup.id}:${documentDigest}`,
        type: 'pickup.receipt',
        actor,
        data,
      },
    ],
    work.now,
  );
  for (const serial of unmatchedSerials(list.lines, expected))
    await raise(tx, pickup, 'receipt-unmatched', serial, `serial ${serial}`, work);
  await recordOnDevices(
    tx,
    matchedOf(list.lines, expected),
    work.now,
    ({ unit: { deviceId, epoch }, line }) =>
      receivedFact({ deviceId, epoch, pickupId: pickup.id, actor, documentDigest }, line),
  );
  await advancePickup(tx, pickup.id);
}

/** Certificates, one per serial. Those of no line are kept as well, and shown. The caller holds `lockPickup`. */
export async function importCertificates(
  tx: Tx,
  pickup: PickupRow,
  list: Imported<CertificateLine>,
  work: ImportWork,
): Promise<void> {
  const expected = await expectedUnits(tx, pickup.id);
  const actor = `connector:${pickup.connector}`;
  const documentDigest = await keepDocument(tx, list.document, list.contentType);
  const data = { pickupId: pickup.id, documentDigest, lines: list.lines.length };
  await appendFacts(
    tx,
    [
      {
        stream: pickupStream(pickup.id),
        key: `pickup.certificates:${pickup.id}:${documentDigest}`,
        type: 'pickup.certificates',
        actor,
        data,
      },
    ],
    work.now,
  );
  // A certificate may name a drive: it then speaks of the device that the drive is in.
  const chassis = await chassisOf(
    tx,
    expected.map((unit) => unit.deviceId),
  );
  for (const line of list.lines) {
    const serial = normaliseSerial(line.serial) ?? line.serial;
    const matched = expected.some((unit) => unit.serial === serial) || chassis.has(serial);
    await keepCertificate(tx, pickup, { ...line, serial }, documentDigest, matched, work.now);
    if (matched) continue;
    const { certificateId } = line;
    await raise(
      tx,
      pickup,
      'certificate-unmatched',
      `${certificateId}:${serial}`,
      `certificate ${certificateId}, serial ${serial}`,
      work,
    );
  }
  await recordOnDevices(
    tx,
    [...matchedOf(list.lines, expected), ...drivesOf(list.lines, expected, chassis)],
    work.now,
    ({ unit: { deviceId, epoch }, line, drive }) =>
      certifiedFact({ deviceId, epoch, pickupId: pickup.id, actor, documentDigest }, line, drive),
  );
  await advancePickup(tx, pickup.id);
}

async function keepCertificate(
  tx: Tx,
  pickup: PickupRow,
  line: CertificateLine,
  documentDigest: string,
  matched: boolean,
  now: Date,
): Promise<void> {
  const values = {
    pickup_id: pickup.id,
    document_digest: documentDigest,
    matched,
    line: JSON.stringify(line),
  };
  await tx
    .insertInto('certificates')
    .values({
      connector: pickup.connector,
      certificate_id: line.certificateId,
      serial: line.serial,
      ...values,
      imported_at: now,
    })
    .onConflict((conflict) => conflict.columns(['connector', 'certificate_id', 'serial']).doUpdateSet(values))
    .execute();
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

/** Lines about drives of the units. */
function drivesOf<T extends { readonly serial: string }>(
  lines: readonly T[],
  expected: readonly Expected[],
  chassis: ReadonlyMap<string, string>,
): readonly Matched<T>[] {
  return lines.flatMap((line) => {
    const drive = normaliseSerial(line.serial) ?? '';
    const unit = expected.find(({ deviceId, serial }) => serial !== drive && deviceId === chassis.get(drive));
    return unit === undefined ? [] : [{ unit, line, drive }];
  });
}

function unmatchedSerials(
  lines: readonly { readonly serial: string }[],
  expected: readonly Expected[],
): readonly string[] {
  const serials = lines.map((line) => normaliseSerial(line.serial) ?? line.serial);
  return [...new Set(serials.filter((serial) => !expected.some((unit) => unit.serial === serial)))];
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
