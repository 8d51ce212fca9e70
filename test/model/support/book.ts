/**
 * What an outsider who writes everything down knows of the installation: what people were answered, and what the sources said
 * when a case began. The model of the tests; it asks no rule and reads no fact.
 */
import type { DecisionKind } from '../../../src/domain/decisions.ts';
import type { Ownership } from '../../../src/domain/platform.ts';
import type { Route } from '../../../src/domain/routes.ts';
import type { ConnectorMode } from '../../../src/adapters/connectors.ts';

/** What the sources said of one device when its case began. */
export interface Findings {
  /** Names of the sources that named the leaver. */
  readonly leaver: ReadonlySet<string>;
  /** `source:person` of every source that named somebody else. */
  readonly others: ReadonlySet<string>;
  /** Every ownership that a source stated. */
  readonly ownerships: ReadonlySet<Ownership>;
}

export interface BookedCustody {
  readonly deviceId: string;
  readonly epoch: number;
  readonly person: string;
  readonly caseId: string;
  readonly serial: string;
  /** The device manager's record then; `null` when it listed none for the leaver. */
  readonly mdmId: string | null;
  readonly findings: Findings;
  open: boolean;
  route: Route;
  /** Whom else a source named when a wipe was to be sent, `source:person`: what people can have been shown. */
  readonly named: Set<string>;
  /** Of those, and of the findings, the ones that a mismatch was approved with. */
  lookedAt: ReadonlySet<string>;
  /** Who asked for the approval of a mismatch and who gave it. */
  mismatch: readonly [string, string] | null;
}

export interface BookedDecision {
  readonly id: string;
  readonly kind: DecisionKind;
  readonly requester: string;
  readonly custody: BookedCustody | null;
  readonly to: Route | null;
  approver: string | null;
}

export interface BookedHold {
  readonly id: string;
  readonly person: string | null;
  readonly serial: string | null;
}

export class Book {
  readonly custodies: BookedCustody[] = [];
  readonly decisions: BookedDecision[] = [];
  readonly holds = new Map<string, BookedHold>();
  readonly revoked = new Set<string>();
  killed = false;
  /** Reached, and not released since. */
  tripped = false;
  /** Epoch milliseconds. */
  releasedAt = 0;
  mode: ConnectorMode = 'enforce';
  /** Commands that ran. */
  ran = 0;
}
