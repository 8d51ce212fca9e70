/** What a disposal vendor's files say about one unit each, in our words, and how it is told apart from the same said again. */
import type { Attestation, CertificateLine, DispositionLine, ReceiptLine } from './disposition.ts';
import { normaliseSerial } from './serial.ts';
import type { Grade } from './wipe.ts';

export const VENDOR_LISTS = ['receipt', 'certificate', 'disposition'] as const;
export type VendorList = (typeof VENDOR_LISTS)[number];

/** What a mapping can be of: a list, or the erasure reports of a tool, whose shape is known and whose methods are not. */
export const MAPPED_LISTS = [...VENDOR_LISTS, 'erasure-report'] as const;
export type MappedList = (typeof MAPPED_LISTS)[number];

export const VENDOR_OUTCOMES = ['sanitised', 'destroyed', 'not-processed'] as const;
/** What the vendor did with a unit. */
export type VendorOutcome = (typeof VENDOR_OUTCOMES)[number];

export const DOWNSTREAMS = ['sold-domestic', 'exported', 'recycled', 'returned', 'unknown'] as const;
/** Where it went from there. */
export type Downstream = (typeof DOWNSTREAMS)[number];

export const CERTIFICATE_OUTCOMES = ['erased', 'erased-with-exceptions', 'not-erased'] as const;
export type CertificateOutcome = (typeof CERTIFICATE_OUTCOMES)[number];
export const CERTIFICATE_STATUSES = ['draft', 'issued', 'verified', 'expired'] as const;
export type CertificateStatus = (typeof CERTIFICATE_STATUSES)[number];

/** One drive in a chassis, with a serial of its own. */
export interface Drive {
  readonly serial: string;
  readonly model: string;
  readonly outcome: CertificateOutcome;
  readonly level: Exclude<Grade, 'none'>;
  readonly method: string;
}

/** A certificate of a chassis; `drives` where it tells them apart. */
export type CertifiedUnit = Omit<CertificateLine, 'pickupId'> & { readonly drives?: readonly Drive[] };

/** One unit as the facility received it. */
export interface ReceivedUnit {
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly assetTag: string;
  readonly receivedAt: string;
  readonly facility: string;
  readonly condition: string;
}

/** What became of one unit. */
export interface DisposedUnit {
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly assetTag: string;
  readonly processedAt: string;
  readonly outcome: VendorOutcome;
  readonly downstream: Downstream;
}

export interface UnitOf {
  readonly receipt: ReceivedUnit;
  readonly certificate: CertifiedUnit;
  readonly disposition: DisposedUnit;
}

/** A line of the published format as a file of the same would say it: in the same words, so that both are one. */
export function receivedUnit(line: ReceiptLine): ReceivedUnit {
  const { manufacturer, model, receivedAt, facility, condition } = line;
  return { serial: keyOf(line), manufacturer, model, assetTag: '', receivedAt, facility, condition };
}

/** The same of a certificate. */
export function certifiedUnit(line: CertificateLine): CertifiedUnit {
  const { certificateId, manufacturer, model, assetTag, mediaType, mediaSource, classification } = line;
  const { level, method, tool, toolVersion, verificationMethod, destination } = line;
  const { verifiedBy, status, standard, outcome, date } = line;
  return {
    certificateId,
    serial: keyOf(line),
    manufacturer,
    model,
    assetTag,
    mediaType,
    mediaSource,
    classification,
    level,
    method,
    tool,
    toolVersion,
    verificationMethod,
    destination,
    sanitizedBy: attestation(line.sanitizedBy),
    verifiedBy: verifiedBy === null || isNobody(verifiedBy) ? null : attestation(verifiedBy),
    status,
    standard,
    outcome,
    date,
  };
}

/** The same of a disposition report. */
export function disposedUnit(line: DispositionLine): DisposedUnit {
  const { manufacturer, model, assetTag, processedAt, outcome, downstream } = line;
  return { serial: keyOf(line), manufacturer, model, assetTag, processedAt, outcome, downstream };
}

/** What cannot be a serial matches nothing, and stays as it is printed. */
function keyOf({ serial }: { readonly serial: string }): string {
  return normaliseSerial(serial) ?? serial;
}

function attestation({ name, title, date, location, contact }: Attestation): Attestation {
  return { name, title, date, location, contact };
}

function isNobody(who: Attestation): boolean {
  return Object.values(who).every((text) => text === '');
}

/** The chassis is as clean as its worst drive; without a drive nothing is said. */
export function worstOutcome(drives: readonly Pick<Drive, 'outcome'>[]): CertificateOutcome | null {
  if (drives.length === 0) return null;
  const outcomes = new Set(drives.map(({ outcome }) => outcome));
  if (outcomes.has('not-erased')) return 'not-erased';
  return outcomes.has('erased-with-exceptions') ? 'erased-with-exceptions' : 'erased';
}

const RANK = { clear: 1, purge: 2, destroy: 3 } as const;

/** The grade that all of them reach. */
export function leastLevel(drives: readonly Pick<Drive, 'level'>[]): Exclude<Grade, 'none'> | null {
  const [first, ...rest] = drives.map(({ level }) => level);
  if (first === undefined) return null;
  return rest.reduce((least, level) => (RANK[level] < RANK[least] ? level : least), first);
}
