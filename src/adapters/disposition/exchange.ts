/**
 * The lines that are exchanged with a disposal vendor, as they stand on the wire: the published format, in JSON and in CSV
 * with the same names as headers. Unknown names are refused. A serial is text, always: a spreadsheet that turned it into a
 * number has lost its zeros, and such a line is refused too.
 */
import { z } from 'zod';
import type {
  Attestation,
  CertificateLine,
  DispositionLine,
  ManifestLine,
  ReceiptLine,
  VendorScanLine,
} from '../../domain/disposition.ts';
import { DOWNSTREAMS, VENDOR_OUTCOMES } from '../../domain/vendor-lines.ts';

/** One line of text without control characters, that any JSON tool can carry. */
const Text = z
  .string()
  .trim()
  .refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), 'control characters or broken Unicode');
const Filled = Text.min(1);
/** Unknown is an empty cell in CSV; in JSON also null or nothing. */
const Maybe = Text.nullish().transform((text) => text ?? '');

const Instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString());
/** A calendar date stays one: a time of day would be made up. */
const DayOrInstant = z.union([z.iso.date(), Instant]);

/** What a line looks like before and after it was read. */
type Wire<T> = z.ZodType<T>;

export const ManifestLineWire = z.strictObject({
  pickupId: Filled,
  line: z.int().min(1).meta({ description: 'Unique in the manifest.' }),
  serial: Filled,
  manufacturer: Text,
  model: Text,
  assetTag: Text,
  dataBearing: z.boolean().meta({ description: 'In CSV: true or false.' }),
  condition: Text,
}) satisfies Wire<ManifestLine>;

/** One unit as the driver scanned it. A vendor may print more about it; serial and time are what counts. */
export const VendorScanLineWire = z
  .strictObject({
    pickupId: Filled,
    line: z.union([z.int(), z.string()]).nullish(),
    serial: Filled,
    manufacturer: Maybe,
    model: Maybe,
    assetTag: Maybe,
    scannedAt: Instant,
  })
  .transform(({ pickupId, serial, model, scannedAt }) => ({
    pickupId,
    serial,
    model,
    scannedAt,
  })) satisfies Wire<VendorScanLine>;

export const ReceiptLineWire = z.strictObject({
  pickupId: Filled,
  serial: Filled,
  manufacturer: Maybe,
  model: Maybe,
  receivedAt: Instant,
  facility: Filled,
  condition: Maybe,
}) satisfies Wire<ReceiptLine>;

const AttestationWire = z.strictObject({
  name: Maybe,
  title: Maybe,
  date: Maybe,
  location: Maybe,
  contact: Maybe,
}) satisfies Wire<Attestation>;

/** Fields as in NIST SP 800-88 Rev. 1 §4.8. */
export const CertificateLineWire = z.strictObject({
  certificateId: Filled,
  pickupId: Filled,
  manufacturer: Maybe,
  model: Maybe,
  serial: Filled,
  assetTag: Maybe,
  mediaType: Maybe,
  mediaSource: Maybe,
  classification: Maybe,
  level: z.enum(['clear', 'purge', 'destroy']),
  method: Filled,
  tool: Maybe,
  toolVersion: Maybe,
  verificationMethod: Maybe,
  destination: Maybe,
  sanitizedBy: AttestationWire.meta({
    description:
      'In CSV: sanitizedByName, sanitizedByTitle, sanitizedByDate, sanitizedByLocation, sanitizedByContact.',
  }),
  verifiedBy: AttestationWire.nullish()
    .transform((who) => who ?? null)
    .meta({ description: 'In CSV: verifiedByName and so on; all empty when nobody verified.' }),
  status: z.enum(['draft', 'issued', 'verified', 'expired']),
  standard: Maybe,
  outcome: z.enum(['erased', 'erased-with-exceptions', 'not-erased']),
  date: DayOrInstant,
}) satisfies Wire<CertificateLine>;

/** What became of one unit. Where it went from there may follow in a later report. */
export const DispositionLineWire = z.strictObject({
  pickupId: Filled,
  serial: Filled,
  manufacturer: Maybe,
  model: Maybe,
  assetTag: Maybe,
  processedAt: Instant,
  outcome: z.enum(VENDOR_OUTCOMES),
  downstream: z
    .enum(['', ...DOWNSTREAMS])
    .nullish()
    .transform((where) => (where === undefined || where === null || where === '' ? 'unknown' : where)),
}) satisfies Wire<DispositionLine>;

/** Columns of a manifest in CSV, in this order. */
export const MANIFEST_COLUMNS = Object.keys(ManifestLineWire.shape) as readonly (keyof ManifestLine)[];

/** Lists as JSON documents. A bare array of lines is understood as well. */
function documentOf<T extends z.ZodType>(line: T, title: string) {
  return z.object({ pickupId: Filled, lines: z.array(line) }).meta({ title });
}

export const ManifestDocument = documentOf(ManifestLineWire, 'Manifest of a pickup: what should go');
export const ReceiptDocument = documentOf(ReceiptLineWire, 'Receipt: what arrived at the facility');
export const CertificateDocument = documentOf(
  CertificateLineWire,
  'Certificates of sanitisation, one per serial',
);
export const DispositionDocument = documentOf(
  DispositionLineWire,
  'Disposition report: what became of each unit',
);
