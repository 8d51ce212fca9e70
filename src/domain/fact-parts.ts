/** Shapes that facts of several streams share. Times are ISO 8601 UTC; digests SHA-256 in hex. */
import type { SourceKind } from './sighting.ts';

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

export type CancelReason = 'rehired' | 'withdrawn' | 'not-gone' | 'operator';

/** From one policy to another; digests. */
export interface PolicyMove {
  readonly decisionId: string;
  readonly from: string;
  readonly to: string;
}
