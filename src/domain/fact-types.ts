/** Every type of fact and the shape of its data. Times are ISO 8601 UTC; digests SHA-256 in hex. */
import type { AccessItemReading } from './access.ts';
import type { Gate } from './gates.ts';
import type { LifecycleKind } from './lifecycle.ts';
import type { Ownership, Platform } from './platform.ts';
import type { Route } from './routes.ts';
import type { DeviceSighting, SourceKind } from './sighting.ts';
import type { Grade, WipeObservation } from './wipe.ts';

/** Recorded with every judgement that has an effect. */
interface Judged {
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

/** What discovery made of one physical device. */
export interface DiscoveredDevice {
  readonly deviceId: string;
  readonly epoch: number;
  readonly serial: string;
  readonly platform: Platform;
  readonly ownership: Ownership;
  readonly records: readonly MatchedRecord[];
}

export type CancelReason = 'rehired' | 'withdrawn' | 'not-gone' | 'operator';

interface CaseFacts {
  'case.opened': Judged & {
    readonly personId: string;
    readonly kind: 'offboarding';
    readonly generation: number;
    readonly source: string;
    readonly eventKey: string;
    readonly effectiveAt: string;
    /** The leave had taken effect before we were told. */
    readonly late: boolean;
    /** Every configured source at that moment: all of them must answer. */
    readonly sources: readonly { readonly connector: string; readonly sourceKind: SourceKind }[];
  };
  'case.rescheduled': {
    readonly generation: number;
    readonly effectiveAt: string;
    readonly source: string;
    readonly eventKey: string;
  };
  'case.started': Judged & { readonly generation: number };
  'case.cancelled': {
    readonly generation: number;
    readonly reason: CancelReason;
    readonly source: string;
    /** What had happened by then and stays so, e.g. `access-cut`, `wipe:<device id>`. */
    readonly done: readonly string[];
    readonly notDone: readonly string[];
  };
  'source.unanswered': { readonly generation: number; readonly connector: string; readonly code: string };
  'source.answered': {
    readonly generation: number;
    readonly connector: string;
    readonly sourceKind: SourceKind;
    /** Whether the source knows the person at all. */
    readonly person: 'known' | 'unknown';
    /** The person's ids at this source, as used in the question. */
    readonly personExternalIds: readonly string[];
    readonly accountState: 'active' | 'suspended' | 'deactivated' | 'deleted' | null;
    readonly basis: 'live' | 'live-and-snapshot';
    readonly snapshotAt: string | null;
    readonly askedAt: string;
    readonly sightings: readonly DeviceSighting[];
  };
  'source.looked-up': {
    readonly generation: number;
    readonly connector: string;
    readonly sourceKind: SourceKind;
    readonly askedAt: string;
    readonly serials: readonly string[];
    readonly sightings: readonly DeviceSighting[];
  };
  'discovery.concluded': Judged & {
    readonly generation: number;
    readonly devices: readonly DiscoveredDevice[];
    readonly sources: readonly string[];
  };
  'access.cut': {
    readonly generation: number;
    readonly connector: string;
    readonly externalId: string;
    readonly cutAt: string;
  };
  'access.read-back': {
    readonly generation: number;
    readonly connector: string;
    readonly externalId: string | null;
    readonly readAt: string;
    readonly items: readonly AccessItemReading[];
  };
  'case.completed': Judged & {
    readonly generation: number;
    readonly outcome: 'completed' | 'completed-with-waivers';
    readonly factCount: number;
  };
}

interface DeviceFacts {
  'custody.opened': {
    readonly epoch: number;
    readonly caseId: string;
    readonly generation: number;
    readonly personId: string;
    readonly route: Route;
    readonly serial: string;
    readonly platform: Platform;
    readonly ownership: Ownership;
    readonly records: readonly MatchedRecord[];
    readonly policyDigest: string;
  };
  'custody.cancelled': { readonly epoch: number; readonly caseId: string; readonly reason: CancelReason };
  'custody.closed': Judged & {
    readonly epoch: number;
    readonly caseId: string;
    readonly disposition: 'destroyed' | 'sanitised';
    readonly factCount: number;
  };
  'handover.not-required': Judged & { readonly epoch: number; readonly basis: 'policy' };
  'wipe.approved': {
    readonly epoch: number;
    readonly approvalId: string;
    readonly basis: 'policy' | 'person';
    readonly policyDigest: string;
    readonly actionHash: string;
    readonly expiresAt: string;
    readonly attempt: number;
  };
  'wipe.refused': Judged & {
    readonly epoch: number;
    readonly approvalId: string;
    readonly codes: readonly string[];
  };
  /** Not refused for good: the limit is used up or the kill switch is on, and somebody must free it. */
  'wipe.held': { readonly epoch: number; readonly approvalId: string; readonly codes: readonly string[] };
  'wipe.freed': { readonly epoch: number; readonly approvalId: string; readonly by: string };
  'wipe.intended': {
    readonly epoch: number;
    readonly approvalId: string;
    readonly intentId: string;
    readonly connector: string;
    readonly mdmId: string;
  };
  'wipe.answered': {
    readonly epoch: number;
    readonly intentId: string;
    /** `not-accepted`: the vendor certainly did nothing. `unknown`: the answer was lost. */
    readonly answer: 'accepted' | 'not-accepted' | 'unknown';
    readonly code: string | null;
    readonly sendStartedAt: string;
    /** For `unknown`: from when on a read-back is to be believed; `null` = never (the adapter cannot tell). */
    readonly settlesAt: string | null;
  };
  /** A lost answer resolved by reading back after the settling time. */
  'wipe.resolved': { readonly epoch: number; readonly intentId: string; readonly found: boolean };
  'wipe.observed': {
    readonly epoch: number;
    readonly intentId: string;
    readonly connector: string;
    readonly observation: WipeObservation;
  };
  /** The device manager was asked once the time of silence was over, and knew of no life since the wipe. */
  'wipe.silence': {
    readonly epoch: number;
    readonly intentId: string;
    readonly connector: string;
    readonly readAt: string;
    readonly lastSeenAt: string | null;
  };
  'return.label-bought': {
    readonly epoch: number;
    readonly intentId: string;
    readonly connector: string;
    readonly trackingCode: string;
  };
  'return.label-unknown': { readonly epoch: number; readonly intentId: string; readonly connector: string };
  'return.tracked': {
    readonly epoch: number;
    readonly trackingCode: string;
    readonly status: string;
    readonly occurredAt: string;
  };
  'return.chased': { readonly epoch: number; readonly number: number; readonly to: string };
  'return.scanned': {
    readonly epoch: number;
    readonly scanId: string;
    readonly site: string;
    readonly condition: string;
  };
  'handoff.manifested': { readonly epoch: number; readonly pickupId: string; readonly line: number };
  'handoff.scanned': {
    readonly epoch: number;
    readonly pickupId: string;
    readonly by: 'dock' | 'vendor';
    readonly scannedAt: string;
  };
  'handoff.transferred': { readonly epoch: number; readonly pickupId: string; readonly confirmedBy: string };
  'handoff.received': {
    readonly epoch: number;
    readonly pickupId: string;
    readonly receivedAt: string;
    readonly documentDigest: string;
  };
  'handoff.certified': {
    readonly epoch: number;
    readonly pickupId: string;
    readonly certificateId: string;
    readonly level: Exclude<Grade, 'none'>;
    readonly method: string;
    readonly outcome: 'erased' | 'erased-with-exceptions' | 'not-erased';
    readonly status: 'draft' | 'issued' | 'verified' | 'expired';
    readonly date: string;
    readonly documentDigest: string;
  };
  'closure.written': {
    readonly epoch: number;
    readonly connector: string;
    readonly externalId: string;
    readonly reference: string;
  };
  /** The inventory has no record of that serial. */
  'closure.not-found': { readonly epoch: number; readonly connector: string; readonly askedAt: string };
  'closure.read-back': {
    readonly epoch: number;
    readonly connector: string;
    readonly externalId: string;
    readonly matches: boolean;
    readonly readAt: string;
  };
}

interface PickupFacts {
  'pickup.created': {
    readonly pickupId: string;
    readonly connector: string;
    readonly lines: readonly {
      readonly line: number;
      readonly deviceId: string;
      readonly epoch: number;
      readonly serial: string;
    }[];
  };
  'pickup.booked': { readonly pickupId: string; readonly reference: string };
  'pickup.manifest-sent': { readonly pickupId: string; readonly lines: number };
  'pickup.scanned': {
    readonly pickupId: string;
    readonly by: 'dock' | 'vendor';
    readonly scanId: string;
    readonly serial: string;
    readonly verdict: ScanVerdict;
  };
  'pickup.confirmed': { readonly pickupId: string; readonly lines: number; readonly confirmedBy: string };
  'pickup.receipt': { readonly pickupId: string; readonly documentDigest: string; readonly lines: number };
  'pickup.certificates': {
    readonly pickupId: string;
    readonly documentDigest: string;
    readonly lines: number;
  };
}

export type ScanVerdict = 'match' | 'unexpected' | 'duplicate' | 'model-mismatch' | 'unreadable';

interface PersonFacts {
  'lifecycle.recorded': {
    readonly personId: string;
    readonly source: string;
    readonly eventId: string;
    readonly kind: LifecycleKind;
    readonly occurredAt: string;
    readonly effectiveAt: string;
  };
}

interface SharedFacts {
  'exception.opened': {
    readonly exceptionId: string;
    readonly code: string;
    readonly gate: Gate | null;
    /** Device epoch or case generation that it belongs to. */
    readonly round: number;
    readonly owner: string;
    readonly dueAt: string;
    readonly blocking: boolean;
  };
  'exception.resolved': { readonly exceptionId: string; readonly outcome: string; readonly by: string };
  'escalation.raised': {
    readonly gate: Gate | null;
    /** The exception that waits too long; `null` when it is the gate's own deadline. */
    readonly exceptionId: string | null;
    readonly round: number;
    readonly rung: number;
    readonly to: string;
    readonly dueAt: string;
  };
}

export interface FactData extends CaseFacts, DeviceFacts, PickupFacts, PersonFacts, SharedFacts {}
export type FactType = keyof FactData;
