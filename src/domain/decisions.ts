/**
 * Decisions of two people: one asks, another decides. What is decided is bound by a hash of exactly that; a change of the
 * device, its holder, the action or its parameters voids it.
 */
import type { Gate } from './gates.ts';
import type { Route } from './routes.ts';

export const DECISION_KINDS = [
  'approve-wipe',
  'approve-mismatch',
  'vendor-sanitises',
  'waive-gate',
  'change-route',
  'declare-lost',
  'release-wipe-limit',
  'kill-switch-off',
  'change-policy',
  'move-policy',
  'erase-person',
] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/** `void`: what it was asked for is not so any more. */
export const DECISION_OUTCOMES = ['approved', 'refused', 'withdrawn', 'void'] as const;
export type DecisionOutcome = (typeof DECISION_OUTCOMES)[number];

export const DECISION_STATES = ['requested', ...DECISION_OUTCOMES] as const;
export type DecisionState = (typeof DECISION_STATES)[number];

/** Exactly what is decided, by kind; its hash is what the two people agree on. Ids, enums, times and digests only. */
export type DecisionSubject =
  | {
      readonly kind: 'approve-wipe';
      readonly deviceId: string;
      readonly epoch: number;
      readonly serial: string;
      readonly mdmId: string;
      readonly actionHash: string;
      /** How many approvals came before: one decision sends at most one command. */
      readonly attempt: number;
    }
  | {
      readonly kind: 'approve-mismatch';
      readonly deviceId: string;
      readonly epoch: number;
      readonly serial: string;
      readonly actionHash: string;
      readonly codes: readonly string[];
      readonly others: readonly { readonly connector: string; readonly other: string }[];
    }
  | {
      readonly kind: 'vendor-sanitises' | 'declare-lost';
      readonly deviceId: string;
      readonly epoch: number;
      readonly serial: string;
    }
  | {
      readonly kind: 'change-route';
      readonly deviceId: string;
      readonly epoch: number;
      readonly serial: string;
      readonly from: Route;
      readonly to: Route;
      readonly reviewAt: string | null;
    }
  | {
      readonly kind: 'waive-gate';
      readonly stream: string;
      readonly round: number;
      readonly gate: Gate;
      readonly expiresAt: string;
    }
  | {
      readonly kind: 'release-wipe-limit';
      readonly trippedAt: string;
      /** The list that both had in view. */
      readonly held: readonly {
        readonly deviceId: string;
        readonly epoch: number;
        readonly approvalId: string;
      }[];
    }
  | { readonly kind: 'kill-switch-off'; readonly since: string }
  | { readonly kind: 'change-policy'; readonly from: string; readonly to: string }
  | { readonly kind: 'erase-person'; readonly personId: string }
  | {
      readonly kind: 'move-policy';
      readonly caseId: string;
      readonly generation: number;
      readonly from: string;
      readonly to: string;
    };

/** Of a decision that needs no more than to say which device. */
export type DeviceSubject = Extract<DecisionSubject, { readonly kind: 'vendor-sanitises' | 'declare-lost' }>;
export type SubjectOf<K extends DecisionKind> = Extract<DecisionSubject, { readonly kind: K }>;

/** Why something cannot be decided: what is so, and what to do instead. */
export const DECISION_OBSTACLES = {
  'custody-not-open': 'The device has no open custody: there is nothing to decide.',
  'case-not-open': 'The case is not open any more.',
  'device-unmanaged': 'No device manager knows the device: there is nobody to send a wipe through.',
  'device-personal':
    'Only a device that is explicitly corporate is wiped: a personal one takes the route personal, and is retired selectively.',
  'wipe-under-way': 'An approval of this wipe counts already: wait for what becomes of it.',
  'wipe-proven': 'The wipe is proven: no other is needed.',
  'route-has-no-wipe': 'On its route the device is not wiped.',
  'no-mismatch': 'The sources agree that the leaver has the device: there is no mismatch to approve.',
  'gate-through': 'The gate is through: there is nothing to let it through without.',
  'same-route': 'The device is on that route already.',
  'handed-over': 'The disposal vendor has the device: its route cannot change any more.',
  'review-needed': 'A retention needs the date of its review, in the future.',
  'route-not-fitting':
    'A device that is not personal cannot take the route personal, and a personal one only that.',
  'not-on-disposal': 'Only a device on the route dispose goes to the disposal vendor.',
  'not-reported-lost': 'Nobody has reported the device lost: report it first.',
  'waiver-too-long': 'A waiver counts until a date in the future, and no longer than the policy allows.',
  'limit-not-reached': 'The wipe limit has not been reached: nothing is held.',
  'switch-is-off': 'The kill switch is off.',
  'nothing-proposed': 'The policy of the configuration is the one in force: there is nothing to change.',
  'same-policy': 'The case is under that policy already.',
  'no-such-person': 'There is no such person.',
  'person-erased': 'The person is erased already.',
  'person-held':
    'A hold keeps what is known of the person, or of a device of theirs: it has to be lifted first.',
  'person-case-open': 'The person has an open case: it has to end first.',
  'person-here': 'An account of the person is active: whoever is still here is not erased.',
  'person-retained':
    'The policy keeps what is known of the person for a time after the last case (`people.retention`).',
} as const;
export type DecisionObstacle = keyof typeof DECISION_OBSTACLES;

/** Thrown where something cannot be decided as things stand. */
export class NotToDecide extends Error {
  override readonly name = 'NotToDecide';
  readonly code: DecisionObstacle;
  /** When it is no obstacle any more, ISO 8601 UTC; `null` where no time tells. */
  readonly until: string | null;

  constructor(code: DecisionObstacle, until: string | null = null) {
    super(code);
    this.code = code;
    this.until = until;
  }
}
