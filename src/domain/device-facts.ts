/** Facts of a device's stream: one custody epoch from its opening to its end. */
import type {
  CommandKind,
  CommandState,
  LockDecline,
  ReleaseReading,
  ReleaseStep,
} from './device-commands.ts';
import type { DisposalEnd } from './disposal-end.ts';
import type { Disposition } from './disposition-end.ts';
import type {
  CancelReason,
  DriveResult,
  Judged,
  MatchedRecord,
  NamedHolder,
  PolicyMove,
  Retired,
} from './fact-parts.ts';
import type { HoldKind } from './holds.ts';
import type { PersonTraits } from './people-groups.ts';
import type { Ownership, Platform } from './platform.ts';
import type { ReturnFacts } from './return-facts.ts';
import type { Route } from './routes.ts';
import type { Downstream, VendorOutcome } from './vendor-lines.ts';
import type { Grade, WipeObservation } from './wipe.ts';

/** Something of the leaver's that somebody took over; people by their ids. */
export interface HandoverItem {
  readonly what: 'mailbox' | 'drive' | 'local-data';
  /** `null`: there was nothing to take over. */
  readonly takenOverBy: string | null;
}

/**
 * `shown`: read back, the record says it. `not-shown`: it does not, after it was written. `record-changed`: the record did not say
 * any more what the closure had written, and was left alone. `refused`: the inventory would not take it.
 */
export type EnteredOutcome = 'shown' | 'not-shown' | 'record-changed' | 'refused';

export interface DeviceFacts extends ReturnFacts {
  'custody.opened': {
    readonly epoch: number;
    readonly caseId: string;
    readonly generation: number;
    /** `null`: hardware without a person. */
    readonly personId: string | null;
    readonly route: Route;
    readonly serial: string;
    readonly platform: Platform;
    readonly ownership: Ownership;
    readonly records: readonly MatchedRecord[];
    readonly policyDigest: string;
    /** Hardware without a person. Absent otherwise. */
    readonly retired?: Retired;
    /** As of its case. */
    readonly backfill?: true;
    /** Where the leaver's working days are counted, if the policy has a calendar for their country. */
    readonly workingDays?: { readonly country: string; readonly timeZone: string };
    /** Told where the policy asks by group of people when a wipe begins. */
    readonly leaver?: PersonTraits;
  };
  'custody.cancelled': { readonly epoch: number; readonly caseId: string; readonly reason: CancelReason };
  'custody.closed': Judged & {
    readonly epoch: number;
    readonly caseId: string;
    readonly disposition: Disposition;
    readonly factCount: number;
  };
  'custody.policy-moved': PolicyMove & { readonly epoch: number };
  /** By two people: where the device is going from now on. */
  'route.changed': {
    readonly epoch: number;
    readonly decisionId: string;
    readonly from: Route;
    readonly to: Route;
    /** Retention only: when somebody is to look at it again. */
    readonly reviewAt: string | null;
  };
  /** Nothing to take over, by the policy or by somebody who said why (the reason stands beside the ledger). */
  'handover.not-required': Judged & { readonly epoch: number; readonly basis: 'policy' | 'person' };
  /** Who took over what only the leaver had. */
  'handover.done': {
    readonly epoch: number;
    readonly handoverId: string;
    readonly items: readonly HandoverItem[];
  };
  /** On the device's stream, and with epoch 0 on that of the person it was placed on. */
  'hold.placed': { readonly epoch: number; readonly holdId: string; readonly kind: HoldKind };
  'hold.lifted': { readonly epoch: number; readonly holdId: string };
  /** What came of the try to call a wipe back: said as it is, also when it came too late. */
  'wipe.cancel-tried': {
    readonly epoch: number;
    readonly intentId: string;
    readonly connector: string;
    readonly outcome: 'cancelled' | 'too-late' | 'not-possible';
  };
  /** By two people: the holder that the sources name is not the leaver, or only one names them, and it is theirs all the same. */
  'mismatch.approved': {
    readonly epoch: number;
    readonly decisionId: string;
    readonly codes: readonly string[];
    readonly actionHash: string;
    /** Whom sources other than the leaver's named then, by their own ids. */
    readonly others: readonly NamedHolder[];
  };
  /** By two people: the device leaves data-bearing and sealed; the vendor's certificate proves wipe and handoff together. */
  'sanitisation.delegated': { readonly epoch: number; readonly decisionId: string };
  /** Sanitised at the bench, by its report. */
  'sanitisation.reported': {
    readonly epoch: number;
    readonly reportId: string;
    readonly documentDigest: string;
    readonly level: Exclude<Grade, 'none'>;
    readonly method: string;
    readonly tool: string;
    readonly outcome: 'erased' | 'erased-with-exceptions' | 'not-erased';
    readonly date: string;
    /** The drives that it names, in normalised form; absent where it names none. */
    readonly drives?: readonly string[];
  };
  /** Which data-bearing drives are in it: what is said last counts. */
  'drives.recorded': {
    readonly epoch: number;
    readonly recordId: string;
    readonly drives: readonly string[];
  };
  /** A document that stands for a gate on this route: the lessor's receipt, the bill of sale. */
  'substitute.recorded': {
    readonly epoch: number;
    readonly documentDigest: string;
    readonly kind: 'lessor-receipt' | 'bill-of-sale';
    readonly reference: string;
    readonly date: string;
  };
  'lost.reported': { readonly epoch: number; readonly reportId: string; readonly kind: 'lost' | 'stolen' };
  /** By two people: it will not come back. */
  'lost.declared': { readonly epoch: number; readonly decisionId: string };
  /** It turned up, and is in custody again on that route. */
  'device.found': { readonly epoch: number; readonly scanId: string; readonly route: Route };
  /** Commands that are not a wipe: each is claimed before it is sent, and sent once. */
  'command.intended': {
    readonly epoch: number;
    readonly intentId: string;
    readonly command: CommandKind;
    readonly connector: string;
    readonly mdmId: string;
  };
  /** Not refused for good: held by the limit, the kill switch, or a source of holds that does not answer. */
  'command.held': {
    readonly epoch: number;
    readonly command: 'retire';
    readonly attempt: number;
    /** The two people's decision that would have sent it. */
    readonly decisionId: string;
    readonly codes: readonly string[];
  };
  'command.freed': { readonly epoch: number; readonly command: 'retire'; readonly by: string };
  'command.declined': { readonly epoch: number; readonly command: CommandKind; readonly reason: LockDecline };
  'command.answered': {
    readonly epoch: number;
    readonly intentId: string;
    readonly command: CommandKind;
    readonly answer: 'accepted' | 'not-accepted' | 'unknown';
    readonly code: string | null;
  };
  'command.observed': {
    readonly epoch: number;
    readonly intentId: string;
    readonly command: CommandKind;
    readonly state: CommandState;
    readonly readAt: string;
  };
  /** One thing that bound the device to us, read back after it was let go. */
  'release.read': {
    readonly epoch: number;
    readonly connector: string;
    readonly step: ReleaseStep;
    readonly reading: ReleaseReading;
    readonly readAt: string;
    /** When it was asked for, where a reading is of that very request. */
    readonly askedAt?: string;
  };
  'wipe.approved': {
    readonly epoch: number;
    readonly approvalId: string;
    readonly basis: 'policy' | 'person';
    readonly policyDigest: string;
    readonly actionHash: string;
    readonly expiresAt: string;
    readonly attempt: number;
    /** The two people's decision; absent where the policy approved. */
    readonly decisionId?: string;
  };
  'wipe.refused': Judged & {
    readonly epoch: number;
    readonly approvalId: string;
    readonly codes: readonly string[];
    /** Whom sources named as holder instead of the leaver, by their own ids; absent where none did. */
    readonly others?: readonly NamedHolder[];
  };
  /** Not refused for good: held by the limit, the kill switch, or a source of holds that does not answer. */
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
    /** SHA-256 of the vendor's redacted answer, a document; absent where none was kept. No rule reads it. */
    readonly answerDigest?: string;
  };
  /** The device manager was asked once the time of silence was over, and knew of no life since the wipe. */
  'wipe.silence': {
    readonly epoch: number;
    readonly intentId: string;
    readonly connector: string;
    readonly readAt: string;
    readonly lastSeenAt: string | null;
  };
  'handoff.manifested': { readonly epoch: number; readonly pickupId: string; readonly line: number };
  /** A decision on the dock took it off the manifest again. */
  'handoff.unmanifested': {
    readonly epoch: number;
    readonly pickupId: string;
    readonly line: number;
    readonly outcome: 'taken-off-manifest' | 'held-back';
  };
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
    /** The drives that it names, in normalised form; absent where it names the device alone. */
    readonly drives?: readonly string[];
    /** What it says of each of them, where it does not say the same of all: `level` and `outcome` are then the worst. */
    readonly driveResults?: readonly DriveResult[];
  };
  /** What the vendor's disposition report says became of it. */
  'handoff.disposed': {
    readonly epoch: number;
    readonly pickupId: string;
    readonly outcome: VendorOutcome;
    readonly downstream: Downstream;
    readonly processedAt: string;
    readonly documentDigest: string;
  };
  /** The same, said when the custody had been closed: no gate and no closing is judged with it. */
  'disposition.reported-late': {
    readonly epoch: number;
    readonly pickupId: string;
    readonly outcome: VendorOutcome;
    readonly downstream: Downstream;
    readonly processedAt: string;
    readonly documentDigest: string;
  };
  /** What a late report said was entered in the books of a closed custody, and read back. */
  'disposition.entered': {
    readonly epoch: number;
    readonly connector: string;
    readonly externalId: string;
    readonly disposition: DisposalEnd;
    readonly outcome: EnteredOutcome;
    readonly readAt: string;
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
    /** Handback cannot write there: whether it matches is for somebody else to bring about. */
    readonly readOnly?: true;
    /** As of `wipe.observed`. */
    readonly answerDigest?: string;
  };
  /** Whether the inventory says, read back, that the unit has left with the disposal vendor. */
  'inventory.left': {
    readonly epoch: number;
    readonly connector: string;
    /** `null`: it has no record of that serial. */
    readonly externalId: string | null;
    /** `ended`: its record had its final state by then, and was left alone. */
    readonly outcome: 'shown' | 'ended' | 'no-record';
    readonly readAt: string;
  };
}
