/** What a pack consists of: its files by name, whether in a directory or in a zip archive. */

import { PERIOD_FILES } from './period/files.ts';

/** Raised when an older verifier could not read a newer pack. */
export const PACK_FORMAT = 'handback-evidence-pack/1';

export const MANIFEST = 'manifest.json';
export const BUNDLE = 'pack.sigstore.json';
export const PAE = 'pae.bin';
export const SIGNATURE = 'sig.der';
export const CHECKPOINT = 'checkpoint';
/** RFC 3161: the authority's answer about `checkpoint`, DER. */
export const TIMESTAMP = 'timestamp.tsr';
export const POLICY = 'policy.json';
export const REPORT = 'report.pdf';
/** Verifier key of the ledger, as a line of C2SP signed-note. */
export const LEDGER_KEY = 'keys/checkpoint.vkey';
/** Public key of the pack's signer, PEM. It says what to ask for, never what to trust. */
export const PACK_KEY = 'keys/pack.pub.pem';

/** What signs the manifest cannot stand in it. */
export const OUTSIDE_MANIFEST: ReadonlySet<string> = new Set([MANIFEST, BUNDLE, PAE, SIGNATURE]);

/** A pack as bytes by file name. */
export type PackFiles = ReadonlyMap<string, Uint8Array>;

export function eventPath(index: number): string {
  return `events/${index}.json`;
}

export function proofPath(index: number): string {
  return `proofs/${index}.tlog-proof`;
}

/** Proof that the pack's checkpoint grew out of an earlier one of that size. */
export function consistencyPath(size: number): string {
  return `consistency/${size}.txt`;
}

/** A policy that facts were judged by, beside the one in `policy.json`. */
export function policyPath(digest: string): string {
  return `policies/${digest}.json`;
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/pdf': '.pdf',
  'application/json': '.json',
  'application/xml': '.xml',
  'text/xml': '.xml',
  'text/csv': '.csv',
  'text/plain': '.txt',
  'image/jpeg': '.jpg',
  'image/png': '.png',
};

/** A document as received; the ending only helps whoever opens it. */
export function documentPath(digest: string, contentType: string): string {
  const [plain = ''] = contentType.split(';');
  return `documents/${digest}${EXTENSIONS[plain.trim().toLowerCase()] ?? ''}`;
}

const EVENT = /^events\/(0|[1-9][0-9]{0,15})\.json$/u;

/** The leaf index of an event's file; `null` for every other file. */
export function eventIndex(path: string): number | null {
  const digits = EVENT.exec(path)?.[1];
  const index = digits === undefined ? null : Number(digits);
  return index !== null && Number.isSafeInteger(index) ? index : null;
}

const FOLDERS =
  /^(events\/\d+\.json|proofs\/\d+\.tlog-proof|consistency\/\d+\.txt|policies\/[0-9a-f]{64}\.json|documents\/[0-9a-f]{64}(\.[a-z]+)?)$/u;
const SINGLE: ReadonlySet<string> = new Set([CHECKPOINT, TIMESTAMP, POLICY, REPORT, LEDGER_KEY, PACK_KEY]);

/** Whether a file of that name has a place in packs, besides those that sign it. */
export function hasPlace(name: string): boolean {
  return SINGLE.has(name) || PERIOD_FILES.has(name) || FOLDERS.test(name);
}
