/**
 * The hold source: a system of the legal department in which holds are kept, beside those that are placed here. Implemented by
 * `purview/` (Microsoft Purview eDiscovery). Nothing is ever written to it: whoever placed a hold there lifts it there.
 */
import type { CallOptions, Page } from '../read-options.ts';

/** Whom a hold source is asked about. Personal data: never logged, never in a fact. */
export interface HoldSubject {
  /** Every work e-mail address and login that is known of them; at least one. Compared case-insensitively, exactly. */
  readonly addresses: readonly string[];
}

/** A hold as the source tells of it, one per person and matter. */
export interface ExternalHold {
  /** The source's own id of this hold on this person, stable between readings; without any name or address. */
  readonly externalId: string;
  /** The addresses that the source names. Personal data. */
  readonly addresses: readonly string[];
}

/**
 * What counts as an answer about a person before something is sent. `live`: asked at that moment. Else the last whole reading,
 * when it began no longer ago than this, milliseconds: for a source that takes longer to read than a send may wait.
 */
export type HoldFreshness = 'live' | { readonly sweptWithinMs: number };

export interface HoldSource {
  readonly freshness: HoldFreshness;
  /**
   * Every hold in force that names the subject, read live and whole, or it throws: an answer that is not complete is none. What
   * is only being applied, or being removed, or has failed in parts, is in force.
   */
  holdsOn(subject: HoldSubject, options?: CallOptions): Promise<readonly ExternalHold[]>;
  /** Every hold in force, page by page; a page may be empty. */
  listHolds(cursor: string | null, options?: CallOptions): Promise<Page<ExternalHold>>;
  /** Read-only reachability and permissions, for `handback doctor`: one line per missing permission. */
  probe(options?: CallOptions): Promise<{ readonly missing: readonly string[] }>;
}
