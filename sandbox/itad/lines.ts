import { z } from 'zod';

const text = z.string().trim();
/** What is not known is empty text, as in a cell of CSV; absent and null are taken for it. */
const optionalText = text.nullish().transform((value) => value ?? '');

/** One unit that the customer says should go. */
export const ManifestLine = z.strictObject({
  pickupId: text.min(1),
  line: z.coerce.number().int().positive(),
  serial: text.min(1),
  manufacturer: optionalText,
  model: optionalText,
  assetTag: optionalText,
  dataBearing: z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')]),
  condition: optionalText,
});
export type ManifestLine = z.infer<typeof ManifestLine>;

/** One unit as scanned into the truck. */
export interface ScanLine {
  readonly pickupId: string;
  readonly line: number;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly assetTag: string;
  readonly scannedAt: string;
}

/** One unit as booked in at the facility. */
export interface ReceiptLine {
  readonly pickupId: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly receivedAt: string;
  readonly facility: string;
  readonly condition: string;
}

/** How the erasure ended; a destroyed unit is erased. */
export const OUTCOMES = ['erased', 'erased-with-exceptions', 'not-erased'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Who sanitised or verified. */
export interface Attestation {
  readonly name: string;
  readonly title: string;
  /** Calendar date. */
  readonly date: string;
  readonly location: string;
  readonly contact: string;
}

/** What a certificate can say about its own standing. */
export const CERTIFICATE_STATUSES = ['draft', 'issued', 'verified', 'expired'] as const;
export type CertificateStatus = (typeof CERTIFICATE_STATUSES)[number];

/** Sanitisation levels of NIST SP 800-88. */
export const LEVELS = ['clear', 'purge', 'destroy'] as const;
export type Level = (typeof LEVELS)[number];

/** A certificate of sanitisation for one unit. */
export interface CertificateLine {
  readonly certificateId: string;
  readonly pickupId: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly assetTag: string;
  readonly mediaType: string;
  readonly mediaSource: string;
  readonly classification: string;
  readonly level: Level;
  readonly method: string;
  readonly tool: string;
  readonly toolVersion: string;
  readonly verificationMethod: string;
  readonly destination: string;
  readonly sanitizedBy: Attestation;
  readonly verifiedBy: Attestation;
  readonly status: CertificateStatus;
  readonly standard: string;
  readonly outcome: Outcome;
  /** Calendar date. */
  readonly date: string;
}

/** What the vendor says it has done with a unit in the end. */
export const FATES = ['sanitised', 'destroyed', 'not-processed'] as const;
export type Fate = (typeof FATES)[number];

/** Where it went from there; `unknown` while nobody has said. */
export const DESTINATIONS = ['sold-domestic', 'exported', 'recycled', 'returned', 'unknown'] as const;
export type Destination = (typeof DESTINATIONS)[number];

/** What became of one unit. */
export interface DispositionLine {
  readonly pickupId: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly assetTag: string;
  readonly processedAt: string;
  readonly outcome: Fate;
  readonly downstream: Destination;
}

const ATTESTATION = ['name', 'title', 'date', 'location', 'contact'] as const;

/** Columns of each document, in order; in CSV a person's fields are joined to the role: `sanitizedByName`. */
export const COLUMNS = {
  scan: ['pickupId', 'line', 'serial', 'manufacturer', 'model', 'assetTag', 'scannedAt'],
  receipt: ['pickupId', 'serial', 'manufacturer', 'model', 'receivedAt', 'facility', 'condition'],
  certificates: [
    'certificateId',
    'pickupId',
    'manufacturer',
    'model',
    'serial',
    'assetTag',
    'mediaType',
    'mediaSource',
    'classification',
    'level',
    'method',
    'tool',
    'toolVersion',
    'verificationMethod',
    'destination',
    ...ATTESTATION.map((field) => joined('sanitizedBy', field)),
    ...ATTESTATION.map((field) => joined('verifiedBy', field)),
    'status',
    'standard',
    'outcome',
    'date',
  ],
  dispositions: [
    'pickupId',
    'serial',
    'manufacturer',
    'model',
    'assetTag',
    'processedAt',
    'outcome',
    'downstream',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** One line of any document that the vendor hands back. */
export type DocumentLine = ScanLine | ReceiptLine | CertificateLine | DispositionLine;

/** What a cell of CSV holds. */
type Cell = string | number;

/** A line with its nested people spread over columns of their own. */
export function flat(line: DocumentLine): Record<string, Cell> {
  const entries = Object.entries(line).flatMap(
    ([name, value]: [string, Cell | Attestation]): [string, Cell][] => {
      if (typeof value !== 'object') return [[name, value]];
      return ATTESTATION.map((field) => [joined(name, field), value[field]]);
    },
  );
  return Object.fromEntries(entries);
}

function joined(role: string, field: string): string {
  return `${role}${field.charAt(0).toUpperCase()}${field.slice(1)}`;
}
