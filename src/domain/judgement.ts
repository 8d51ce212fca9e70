/** What judging one gate yields: how it stands, and the next step. */
import type { ReleaseStep } from './device-commands.ts';
import type { Disposition } from './disposition-end.ts';
import type { NewFact } from './fact.ts';
import type { Gate, GateStatus } from './gates.ts';
import type { MatchedDevice } from './matching.ts';
import type { Policy } from './policy.ts';
import type { ReturnMeans } from './return-means.ts';

/** What rules are given besides facts. Everything here is a value: rules read no clock and no database. */
export interface RuleContext {
  readonly policy: Policy;
  readonly policyDigest: string;
  /** Epoch milliseconds: the workflow's own now. */
  readonly now: number;
  /** The carrier connector that makes return labels, `null` when none is configured or the leaver has no address. */
  readonly carrier: string | null;
  /** How the device is to come back. Absent: by a label. */
  readonly returnBy?: ReturnMeans;
  /** The inventory that closes a record nobody had at discovery. */
  readonly inventory: string | null;
  /** Inventories that can be read and not written: somebody else closes records there. Absent: none. */
  readonly readOnlyInventories?: readonly string[];
  /** The enrolment programme on whose queue registrations are let go; absent or `null` when none is configured. */
  readonly enrolment?: string | null;
}

/** Something only the database is needed for: recorded at once, then judged again. */
export type Record =
  | { readonly kind: 'fact'; readonly fact: Omit<NewFact, 'stream' | 'actor'> }
  | {
      readonly kind: 'exception';
      readonly code: string;
      readonly gate: Gate | null;
      readonly owner: string;
      readonly blocking: boolean;
    }
  | {
      readonly kind: 'escalation';
      readonly gate: Gate | null;
      readonly exceptionId: string | null;
      readonly rung: number;
      readonly to: string;
      readonly dueAt: string;
    }
  | { readonly kind: 'approve-wipe'; readonly attempt: number }
  | { readonly kind: 'conclude-discovery'; readonly devices: readonly MatchedDevice[] }
  | { readonly kind: 'start-case' }
  | { readonly kind: 'open-custodies' }
  | { readonly kind: 'complete-case'; readonly outcome: 'completed' | 'completed-with-waivers' }
  | { readonly kind: 'close-custody'; readonly disposition: Disposition };

/** Something the outside world must be asked for, each on its connector's own task queue. */
export type Act =
  | { readonly act: 'ask-source'; readonly connector: string }
  | { readonly act: 'look-up-serials'; readonly connector: string }
  | { readonly act: 'cut-access'; readonly connector: string }
  | { readonly act: 'send-wipe'; readonly connector: string; readonly approvalId: string }
  | { readonly act: 'resolve-wipe'; readonly connector: string; readonly approvalId: string }
  | { readonly act: 'read-wipe'; readonly connector: string; readonly approvalId: string }
  | { readonly act: 'cancel-wipe'; readonly connector: string; readonly approvalId: string }
  | { readonly act: 'send-retire'; readonly connector: string; readonly attempt: number }
  | { readonly act: 'lock-device'; readonly connector: string }
  /** `enrolment` alone goes to an enrolment programme, all others to the device manager. */
  | { readonly act: 'release-device'; readonly connector: string; readonly steps: readonly ReleaseStep[] }
  | { readonly act: 'make-label'; readonly connector: string }
  | { readonly act: 'close-inventory'; readonly connector: string };

export type Step =
  /** The gate is through. */
  | { readonly do: 'pass' }
  /** The case or custody has ended otherwise. */
  | { readonly do: 'stop' }
  /** Nothing to do until then (epoch milliseconds), or until woken. */
  | { readonly do: 'wait'; readonly until: number | null }
  | { readonly do: 'record'; readonly records: readonly Record[] }
  | { readonly do: 'act'; readonly acts: readonly Act[] };

export interface Judgement<G extends Gate = Gate> {
  readonly status: GateStatus<G>;
  readonly step: Step;
}

/** One judgement of all gates at one moment: what comes next at each. */
export type Steps<G extends string> = { readonly [gate in G]: Step };
