/**
 * Cases of Microsoft Purview eDiscovery. Texts that are enumerations at Microsoft (`status`, `holdStatus`) are kept as they were
 * given, so that a test can plant one that nobody knows.
 */

/** Somebody who belongs to a case (`ediscoveryCustodian`). */
export interface Custodian {
  readonly id: string;
  email: string | null;
  displayName: string;
  status: string | null;
  holdStatus: string | null;
  readonly createdDateTime: string;
  lastModifiedDateTime: string;
  releasedDateTime: string | null;
}

/** A mailbox that a hold policy names (`userSource`). */
export interface UserSource {
  readonly id: string;
  readonly email: string | null;
  readonly displayName: string;
  readonly holdStatus: string | null;
  readonly includedSources: string;
  readonly siteWebUrl: string | null;
  readonly createdDateTime: string;
  readonly createdBy: object;
}

/** A hold of a case (`ediscoveryHoldPolicy`). */
export interface HoldPolicy {
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly contentQuery: string;
  readonly errors: readonly string[];
  readonly createdDateTime: string;
  lastModifiedDateTime: string;
  isEnabled: boolean | null;
  status: string | null;
  /** By address, or by whatever key stands for a source without one. */
  readonly sources: Map<string, UserSource>;
}

export interface EdiscoveryCase {
  readonly id: string;
  readonly key: string;
  /** Whether the client is a member of it: what a mere eDiscovery Manager sees. */
  readonly isMember: boolean;
  readonly fields: Record<string, unknown> & { readonly id: string; status: string };
  /** By key, which is the address unless told otherwise. */
  readonly custodians: Map<string, Custodian>;
  /** By key. */
  readonly holds: Map<string, HoldPolicy>;
}

/** What the client's service principal may see. */
export type EdiscoveryRole = 'administrator' | 'manager' | 'none';

/** What may be said of a custodian; what is left out stays, or takes its usual value. */
export interface CustodianChange {
  readonly email?: string | null | undefined;
  readonly status?: string | null | undefined;
  readonly holdStatus?: string | null | undefined;
}

/** The same of a hold policy; given `sources` take the place of those it had. */
export interface HoldChange {
  readonly displayName?: string | undefined;
  readonly isEnabled?: boolean | null | undefined;
  readonly status?: string | null | undefined;
  readonly sources?: readonly SourceChange[] | undefined;
}

/** `key` tells sources without an address apart. */
export interface SourceChange {
  readonly key?: string | undefined;
  readonly email: string | null;
  readonly holdStatus?: string | null | undefined;
}
