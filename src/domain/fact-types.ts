/** Every type of fact and the shape of its data. Times are ISO 8601 UTC; digests SHA-256 in hex. */
import type { AccessItemReading } from './access.ts';
import type { DeadlineTrigger } from './deadlines.ts';
import type { DecisionKind, DecisionOutcome } from './decisions.ts';
import type { DeviceFacts } from './device-facts.ts';
import type { InventoryDifference } from './discrepancy.ts';
import type { CancelReason, Judged, MatchedRecord, PolicyMove, Retired } from './fact-parts.ts';
import type { Gate } from './gates.ts';
import type { InstallationFacts } from './installation-facts.ts';
import type { LifecycleKind } from './lifecycle.ts';
import type { NoticeFacts } from './notices/notice-facts.ts';
import type { Ownership, Platform } from './platform.ts';
import type { DeviceSighting, SourceKind } from './sighting.ts';
import type { TicketLink } from './tickets.ts';
import type { AssetFindingKind } from './reconciliation.ts';
import type { MappedList, VendorList } from './vendor-lines.ts';

export type { CancelReason, MatchedRecord } from './fact-parts.ts';

/** What discovery made of one physical device. */
export interface DiscoveredDevice {
  readonly deviceId: string;
  readonly epoch: number;
  readonly serial: string;
  readonly platform: Platform;
  readonly ownership: Ownership;
  readonly records: readonly MatchedRecord[];
  /** Hardware without a person. Absent otherwise. */
  readonly retired?: Retired;
}

interface CaseFacts {
  'case.opened': Judged & {
    /** `null`: hardware without a person. */
    readonly personId: string | null;
    readonly kind: 'offboarding' | 'retirement';
    readonly generation: number;
    readonly source: string;
    readonly eventKey: string;
    readonly effectiveAt: string;
    /** The leave had taken effect before we were told. */
    readonly late: boolean;
    /** Found long after the leave: its wipes wait for people, whatever the policy says. Absent otherwise. */
    readonly backfill?: true;
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
  /** By two people: judged by another policy from now on. */
  'case.policy-moved': PolicyMove & { readonly generation: number };
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
  /** The inventories were asked about units of which discovery had found no record; or one of them about units just scanned. */
  'pickup.books-asked': {
    readonly pickupId: string;
    readonly asked: number;
    readonly known: number;
    /** Of units just scanned: who answered, and what. */
    readonly connector?: string;
    readonly answers?: readonly {
      readonly serial: string;
      readonly known: boolean;
      readonly differs: readonly InventoryDifference[];
    }[];
  };
  'pickup.scanned': {
    readonly pickupId: string;
    readonly by: 'dock' | 'vendor';
    readonly scanId: string;
    readonly serial: string;
    readonly verdict: ScanVerdict;
    /** The line that a substituted unit seems to stand for; absent otherwise. */
    readonly insteadOf?: number;
  };
  /** A decision took the unit off the manifest, or put it on (again). */
  'pickup.line-taken-off': ManifestChange & { readonly outcome: 'taken-off-manifest' | 'held-back' };
  'pickup.line-added': ManifestChange;
  /** Everything that stands on the dock, counted by hand; the serials are in the document. */
  'pickup.counted': {
    readonly pickupId: string;
    readonly countId: string;
    readonly units: number;
    readonly documentDigest: string;
    /** How many of each kind of difference there were. */
    readonly differences: Readonly<Record<string, number>>;
  };
  /** Signed for by name; the name stands beside the ledger. */
  'pickup.signed': {
    readonly pickupId: string;
    readonly signatureId: string;
    readonly side: 'ours' | 'vendor';
    readonly signedAt: string;
    /** Of the list of what leaves. */
    readonly leavingDigest: string;
    readonly documentDigest: string | null;
  };
  /** What the vendor was certified for on the day of the handover, and where the units went. */
  'pickup.vendor-checked': {
    readonly pickupId: string;
    /** Calendar date, UTC. */
    readonly day: string;
    readonly certifications: readonly {
      readonly certificationId: string;
      readonly scheme: string;
      readonly validFrom: string;
      readonly validUntil: string;
      readonly valid: boolean;
      readonly documentDigest: string;
    }[];
    /** Wanted by the policy, or held before, and not valid on that day. */
    readonly lapsed: readonly string[];
    readonly facilityId: string | null;
  };
  'pickup.confirmed': {
    readonly pickupId: string;
    readonly lines: number;
    readonly confirmedBy: string;
    /** Units that left without a live answer of every inventory; absent: none. */
    readonly unanswered?: number;
  };
  'pickup.receipt': { readonly pickupId: string; readonly documentDigest: string; readonly lines: number };
  'pickup.certificates': {
    readonly pickupId: string;
    readonly documentDigest: string;
    readonly lines: number;
  };
  'pickup.dispositions': {
    readonly pickupId: string;
    readonly documentDigest: string;
    readonly lines: number;
  };
}

interface ManifestChange {
  readonly pickupId: string;
  readonly line: number;
  readonly deviceId: string;
  readonly epoch: number;
  readonly serial: string;
  /** The decision that it follows from. */
  readonly exceptionId: string;
}

export type ScanVerdict =
  | 'match'
  | 'unexpected'
  /** On no line, and in the place of one that is missing. */
  | 'substituted'
  | 'duplicate'
  | 'model-mismatch'
  | 'unreadable';

interface PersonFacts {
  'lifecycle.recorded': {
    readonly personId: string;
    readonly source: string;
    readonly eventId: string;
    readonly kind: LifecycleKind;
    readonly occurredAt: string;
    readonly effectiveAt: string;
  };
  /** By two people: who the person was is not known any more, here or in what is exported from now on. */
  'person.erased': { readonly personId: string; readonly decisionId: string };
}

interface SharedFacts {
  /** One person asks for a decision. What exactly is bound by the hash; it expires. */
  'decision.requested': {
    readonly round: number;
    readonly decisionId: string;
    readonly kind: DecisionKind;
    readonly subjectHash: string;
    readonly expiresAt: string;
    /** Of whoever asked, at that moment. Absent from facts of earlier versions. */
    readonly roles?: readonly string[];
  };
  /** Another person decides; what follows is a fact of its own, in the same transaction. */
  'decision.made': {
    readonly round: number;
    readonly decisionId: string;
    readonly kind: DecisionKind;
    readonly outcome: DecisionOutcome;
    readonly subjectHash: string;
    /** Of whoever decided, at that moment. Absent from facts of earlier versions. */
    readonly roles?: readonly string[];
  };
  /** By two people: the gate is let through without evidence until then, and counts no more afterwards. */
  'gate.waived': {
    readonly round: number;
    readonly decisionId: string;
    readonly gate: Gate;
    readonly expiresAt: string;
  };
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
  /** A ticket of another system, for people to look up. `exceptionId` is `null` where it belongs to the case itself. */
  'ticket.linked': TicketLink & { readonly round: number; readonly exceptionId: string | null };
  'exception.resolved': { readonly exceptionId: string; readonly outcome: string; readonly by: string };
  /** A deadline of the policy passed before what it is for had happened. Later healing takes nothing back. */
  'deadline.breached': {
    readonly round: number;
    readonly trigger: DeadlineTrigger;
    readonly owner: string;
    readonly startedAt: string;
    readonly dueAt: string;
  };
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

/** Of the installation as a whole: stream `system`; changes of somebody's access: `system:access`. */
interface SystemFacts {
  'switch.changed': {
    readonly name: 'kill';
    readonly on: boolean;
    /** The two-person decision; `null` where one person may: switching it on. */
    readonly decisionId: string | null;
  };
  'limit.tripped': { readonly trippedAt: string };
  /** The reason is kept beside the ledger. `subject` is the actor whose access it is. */
  'access.revoked': { readonly revocationId: string; readonly subject: string };
  'access.restored': { readonly revocationId: string; readonly subject: string };
  /** On the stream `system:vendors`: evidence of what a disposal vendor is certified for. */
  'vendor.certification-recorded': {
    readonly certificationId: string;
    readonly connector: string;
    readonly scheme: string;
    readonly validFrom: string;
    readonly validUntil: string;
    readonly documentDigest: string;
  };
  /** A facility with its address and downstream parties, which stand beside the ledger under this digest. */
  'vendor.facility-recorded': {
    readonly facilityId: string;
    readonly connector: string;
    readonly detailsDigest: string;
  };
  'limit.released': { readonly decisionId: string; readonly freed: number };
  /** What the columns and codes of a vendor's lists mean from now on: stream `system:imports`, like the two below. */
  'mapping.saved': {
    readonly connector: string;
    readonly list: MappedList;
    readonly version: number;
    readonly digest: string;
  };
  'import.made': {
    readonly importId: string;
    readonly connector: string;
    readonly list: VendorList;
    readonly documentDigest: string;
    readonly mappingDigest: string;
    readonly lines: number;
    readonly matched: number;
    readonly unmatched: number;
  };
  /** A line that matched nothing: put to a device by somebody, or let go. The reason stands beside the ledger. */
  'import.line-decided': {
    readonly importId: string;
    readonly line: number;
    readonly decision: 'linked' | 'dismissed';
    readonly deviceId: string | null;
    readonly pickupId: string | null;
  };
  /** The books are read from now on, to be held against receipts, certificates and dispositions: stream `system:reconciliation`. */
  'reconciliation.started': {
    readonly reconciliationId: string;
    readonly connectors: readonly string[];
  };
  'reconciliation.finished': Judged & {
    readonly reconciliationId: string;
    readonly assets: number;
    /** Of them with everything known of their serial in agreement. */
    readonly agreeing: number;
    readonly withoutSerial: number;
    /** Serials by kind of finding. */
    readonly counts: Readonly<Record<AssetFindingKind, number>>;
    /** Exceptions that this run opened, and those that it found healed. */
    readonly opened: number;
    readonly healed: number;
  };
  /** Not judged: these inventories had not answered whole in the policy's time. */
  'reconciliation.abandoned': { readonly reconciliationId: string; readonly connectors: readonly string[] };
}

export interface FactData
  extends
    CaseFacts,
    DeviceFacts,
    PickupFacts,
    PersonFacts,
    SharedFacts,
    SystemFacts,
    NoticeFacts,
    InstallationFacts {}
export type FactType = keyof FactData;
