import type { FactData, FactType } from './fact-types.ts';

/**
 * One immutable, recorded thing that happened or was decided. `seq` and `prev` stand inside the hashed bytes, so a stream
 * can lose or swap nothing unseen. Facts hold ids, enums, times and digests: no names, no vendor bodies.
 */
export interface Fact<T extends FactType = FactType> {
  /** Version of this envelope. */
  readonly v: 1;
  /** `case:<id>`, `device:<id>`, `pickup:<id>`, `person:<id>` or `system:<matter>`. */
  readonly stream: string;
  /** 1 for the first fact of the stream. */
  readonly seq: number;
  /** SHA-256 (hex) of the stream's previous fact's canonical bytes; `null` for the first. */
  readonly prev: string | null;
  /** Business id, unique in the whole ledger: never a run id, never an attempt. */
  readonly key: string;
  readonly type: T;
  /** When it was recorded, ISO 8601 UTC with milliseconds. */
  readonly at: string;
  /** Who made it so: `handback`, `connector:<name>`, `token:<id>`, `user:<digest>` (see `actorOf`). */
  readonly actor: string;
  readonly data: FactData[T];
}

/** A fact as a discriminated union on `type`. */
export type AnyFact = { [T in FactType]: Fact<T> }[FactType];

/** A fact before the store gives it its place in the stream. */
export type NewFact = {
  [T in FactType]: Pick<Fact<T>, 'stream' | 'key' | 'type' | 'actor' | 'data'>;
}[FactType];

export function caseStream(caseId: string): string {
  return `case:${caseId}`;
}

export function deviceStream(deviceId: string): string {
  return `device:${deviceId}`;
}

export function pickupStream(pickupId: string): string {
  return `pickup:${pickupId}`;
}

export function personStream(personId: string): string {
  return `person:${personId}`;
}

/** The stream of what belongs to no case, device, pickup or person. */
export const SYSTEM_STREAM = 'system';

/** What disposal vendors are certified for, and where they work. */
export const VENDORS_STREAM = 'system:vendors';

/** Whose access was revoked or restored. */
export const ACCESS_STREAM = 'system:access';

/** What the installation ran as, its policies, and when it did not run. */
export const INSTALLATION_STREAM = 'system:installation';

/** Who was seen using it, with which roles. */
export const ACTORS_STREAM = 'system:actors';

/** What was asked for audits, and what sources listed for them. */
export const AUDITS_STREAM = 'system:audits';

/** Files of disposal vendors: their mappings, and what was taken in. */
export const IMPORTS_STREAM = 'system:imports';

/** The books held against receipts, certificates and dispositions: its runs, and what did not fit. */
export const RECONCILIATION_STREAM = 'system:reconciliation';

/** The custody epoch or case generation that a fact belongs to; `null` for facts of neither. */
export function roundOf(fact: AnyFact): number | null {
  const data: object = fact.data;
  if ('round' in data && typeof data.round === 'number') return data.round;
  if ('epoch' in data && typeof data.epoch === 'number') return data.epoch;
  return 'generation' in data && typeof data.generation === 'number' ? data.generation : null;
}
