/** Shapes that facts of several streams share. Times are ISO 8601 UTC; digests SHA-256 in hex. */
import type { SourceKind } from './sighting.ts';
import type { CertificateOutcome } from './vendor-lines.ts';
import type { Grade } from './wipe.ts';

/** Recorded with every judgement that has an effect. */
export interface Judged {
  readonly rulesVersion: string;
  readonly policyDigest: string;
}

/** A record of one source that was matched to a device. */
export interface MatchedRecord {
  readonly connector: string;
  readonly sourceKind: SourceKind;
  readonly externalId: string;
  /** Whether that source names the leaver as holder; `null` where it names nobody. */
  readonly namesLeaver: boolean | null;
}

/** Somebody other than the leaver whom a source names as holder, by the source's own id of people. */
export interface NamedHolder {
  readonly connector: string;
  readonly other: string;
}

/** Hardware that leaves without a leaver, as whoever retired it described it. */
export interface Retired {
  readonly of: 'server' | 'network' | 'storage' | 'other';
  /** Whether it holds data by itself, beside its drives. */
  readonly dataBearing: boolean;
  /** Serials of the data-bearing drives in it, in normalised form: none where it has none that are known apart. */
  readonly drives: readonly string[];
}

/** What a certificate says of one drive among several. */
export interface DriveResult {
  /** Normalised. */
  readonly serial: string;
  readonly level: Exclude<Grade, 'none'>;
  readonly outcome: CertificateOutcome;
}

/** Whose case or custody it is. @throws Error for hardware without a person: nothing that is a leaver's is ever asked of it. */
export function leaverOf({ personId }: { readonly personId: string | null }): string {
  if (personId === null) throw new Error('there is no leaver');
  return personId;
}

export type CancelReason = 'rehired' | 'withdrawn' | 'not-gone' | 'operator';

/** From one policy to another; digests. */
export interface PolicyMove {
  readonly decisionId: string;
  readonly from: string;
  readonly to: string;
}
