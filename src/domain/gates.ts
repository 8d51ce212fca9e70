/** Gates: the proofs that are waited for, and how a gate's standing is told. */

export const CASE_GATES = ['discovery', 'access-cut'] as const;
export type CaseGate = (typeof CASE_GATES)[number];

export const DEVICE_GATES = ['data-handover', 'wipe', 'return', 'itad-handoff', 'inventory-closure'] as const;
export type DeviceGate = (typeof DEVICE_GATES)[number];

export type Gate = CaseGate | DeviceGate;

export const GATE_STATES = [
  'waiting',
  'in-progress',
  'satisfied',
  'substituted',
  'not-applicable',
  'held',
  'failed',
  'waived',
] as const;
export type GateState = (typeof GATE_STATES)[number];

/** Whether a gate in that state lets the process go on. A waived one does, and marks the completion. */
export function isThrough(state: GateState): boolean {
  return state === 'satisfied' || state === 'substituted' || state === 'not-applicable' || state === 'waived';
}

/**
 * The gates that must be through before `gate` may start: data-handover before wipe; wipe and return side by side; both
 * before the ITAD handoff; handoff before closure.
 */
export const GATES_BEFORE: Readonly<Record<DeviceGate, readonly DeviceGate[]>> = {
  'data-handover': [],
  wipe: ['data-handover'],
  return: [],
  'itad-handoff': ['wipe', 'return'],
  'inventory-closure': ['itad-handoff'],
};

/** What kind of move would unblock: somebody's decision, a system's answer, somebody's act, or only time. */
export type BlockKind = 'decision' | 'source' | 'action' | 'time';

/** One thing that stands between a case and its completion. Times are ISO 8601 UTC. */
export interface BlockedBy {
  readonly kind: BlockKind;
  readonly gate: Gate | null;
  readonly deviceId: string | null;
  /** A stable code such as `wipe-pending` or `source-unanswered`. */
  readonly code: string;
  /** Whose move it is: a role (`leaver`, `operator`, `asset-manager`, `itad-vendor`), a connector (`source:<name>`) or `handback`. */
  readonly owner: string;
  readonly since: string;
  readonly dueAt: string | null;
  /** When the next step of the escalation ladder comes, `null` when the ladder is at its end. */
  readonly escalatesAt: string | null;
  /** Waiting by design until a date: never shown as stuck. */
  readonly parked: boolean;
}

export interface GateStatus<G extends Gate = Gate> {
  readonly gate: G;
  readonly state: GateState;
  /** Since when it stands so, ISO 8601 UTC. */
  readonly since: string;
  /** Keys of the facts that this standing rests on. */
  readonly evidence: readonly string[];
  readonly basis: string | null;
  readonly blockedBy: readonly BlockedBy[];
}
