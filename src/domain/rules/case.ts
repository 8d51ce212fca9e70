/** A case as a whole: when it starts, what is next, and the one judgement of completeness. */
import type { CaseState } from '../case-state.ts';
import type { CustodyState } from '../custody-state.ts';
import { climbException } from '../escalation.ts';
import { blockingExceptions, blockOf } from '../exceptions.ts';
import { isThrough } from '../gates.ts';
import type { BlockedBy, CaseGate, GateStatus } from '../gates.ts';
import type { Judgement, RuleContext, Step, Steps } from '../judgement.ts';
import { toIso, toMs } from '../time.ts';
import { judgeAccessCut } from './access-cut.ts';
import { custodyCompletion, custodyGates } from './custody.ts';
import { judgeDiscovery } from './discovery.ts';
import { mindingExceptions } from './standing.ts';
import { mindingWaivers, waived } from './waivers.ts';

/** The stations of a case's own workflow, in order; discovery and access-cut overlap when a source is down. */
export const CASE_STATIONS = ['leave', 'discovery', 'access-cut', 'devices'] as const;
export type CaseStation = (typeof CASE_STATIONS)[number];

/** What comes next at every station. Discovery and access-cut follow the leave side by side, devices follow both. */
export function caseSteps(
  state: CaseState,
  custodies: readonly CustodyState[],
  context: RuleContext,
): Steps<CaseStation> {
  if (state.cancelled !== null) return allStations({ do: 'stop' });
  if (state.completed !== null) return allStations({ do: 'pass' });
  const minding = (step: Step): Step =>
    mindingWaivers(mindingExceptions(step, state.exceptions, state.escalations, context), state, context);
  const leave = minding(leaveStep(state, context));
  if (leave.do !== 'pass') return { ...allStations({ do: 'wait', until: null }), leave };
  const gates = caseGates(state, context);
  const discovery = minding(gates.discovery.step);
  const cut = minding(gates['access-cut'].step);
  const devices =
    discovery.do === 'pass' && cut.do === 'pass'
      ? minding(devicesStep(state, custodies, context))
      : ({ do: 'wait', until: null } as const);
  return { leave, discovery, 'access-cut': cut, devices };
}

function allStations(step: Step): Steps<CaseStation> {
  return { leave: step, discovery: step, 'access-cut': step, devices: step };
}

function leaveStep(state: CaseState, context: RuleContext): Step {
  if (state.started !== null) return { do: 'pass' };
  const effective = toMs(state.effectiveAt);
  if (effective > context.now) return { do: 'wait', until: effective };
  return { do: 'record', records: [{ kind: 'start-case' }] };
}

function devicesStep(state: CaseState, custodies: readonly CustodyState[], context: RuleContext): Step {
  if (missingCustodies(state, custodies, context).length > 0)
    return { do: 'record', records: [{ kind: 'open-custodies' }] };
  const result = completion(state, custodies, context);
  if (!result.complete) return { do: 'wait', until: null };
  return { do: 'record', records: [{ kind: 'complete-case', outcome: result.outcome }] };
}

export type Completion =
  | {
      readonly complete: true;
      readonly outcome: 'completed' | 'completed-with-waivers';
      readonly blockedBy: readonly [];
    }
  | { readonly complete: false; readonly blockedBy: readonly BlockedBy[] };

/**
 * The one judgement of completeness: every gate of the case and of every device found is through, and no blocking exception
 * is open. Otherwise it says what blocks, whose move it is, since when, and when it escalates.
 *
 * @param custodies One custody per device of `discovery.concluded`; a missing one blocks.
 */
export function completion(
  state: CaseState,
  custodies: readonly CustodyState[],
  context: RuleContext,
): Completion {
  const gates = Object.values(caseGates(state, context)).map((judgement) => judgement.status);
  const devices = custodies.map((custody) => custodyCompletion(custody, context));
  const blockedBy = [
    ...caseBlocks(state, custodies, context),
    ...devices.flatMap((device) => device.blockedBy),
  ];
  const closed = custodies.every((custody) => custody.closed !== null);
  const through =
    state.started !== null &&
    gates.every((gate) => isThrough(gate.state)) &&
    devices.every((device) => device.complete);
  if (!through || !closed || blockedBy.length > 0) return { complete: false, blockedBy };
  const anyWaived = gates.some((gate) => gate.state === 'waived') || devices.some((device) => device.waived);
  return { complete: true, outcome: anyWaived ? 'completed-with-waivers' : 'completed', blockedBy: [] };
}

/** What blocks beside what the custodies say of themselves: they go their own way and are shown by their own rows. */
export function caseBlocks(
  state: CaseState,
  custodies: readonly CustodyState[],
  context: RuleContext,
): readonly BlockedBy[] {
  const gates = Object.values(caseGates(state, context)).map((judgement) => judgement.status);
  return [
    ...(state.started === null ? [notStarted(state, context)] : gates.flatMap((gate) => gate.blockedBy)),
    ...otherExceptions(state, gates, context),
    ...missingCustodies(state, custodies, context),
    ...notClosed(custodies, context),
  ];
}

/** How the case's own gates stand. */
export function caseGates(state: CaseState, context: RuleContext): Readonly<Record<CaseGate, Judgement>> {
  return {
    discovery: waived('discovery', judgeDiscovery(state, context), state, context),
    'access-cut': waived('access-cut', judgeAccessCut(state, context), state, context),
  };
}

/** Parked until the leave takes effect; from then on the start is ours to make, within the time that discovery has. */
function notStarted(state: CaseState, { now, policy }: RuleContext): BlockedBy {
  const effective = toMs(state.effectiveAt);
  const block = { gate: null, deviceId: null, owner: 'handback', escalatesAt: null } as const;
  if (effective > now)
    return {
      ...block,
      kind: 'time',
      code: 'leave-not-effective',
      since: state.opened.at,
      dueAt: state.effectiveAt,
      parked: true,
    };
  return {
    ...block,
    kind: 'action',
    code: 'case-not-started',
    since: state.effectiveAt,
    dueAt: toIso(effective + policy.discovery.dueMs),
    parked: false,
  };
}

function otherExceptions(
  state: CaseState,
  gates: readonly GateStatus[],
  { policy, now }: RuleContext,
): readonly BlockedBy[] {
  const shown = new Set(
    gates.flatMap((gate) => gate.blockedBy.map((block) => `${block.code}:${block.since}`)),
  );
  return blockingExceptions(state.exceptions)
    .map((exception) =>
      blockOf(exception, null, climbException(exception, state.escalations, policy, now).nextAt),
    )
    .filter((block) => !shown.has(`${block.code}:${block.since}`));
}

/** A device that discovery found and nobody follows: never a gap. */
function missingCustodies(
  state: CaseState,
  custodies: readonly CustodyState[],
  context: RuleContext,
): readonly BlockedBy[] {
  const since = state.concluded?.at ?? state.opened.at;
  const followed = new Set(custodies.map((custody) => `${custody.deviceId}:${custody.epoch}`));
  return (state.concluded?.data.devices ?? [])
    .filter((device) => !followed.has(`${device.deviceId}:${device.epoch}`))
    .map((device) => ({
      kind: 'action',
      gate: null,
      deviceId: device.deviceId,
      code: 'custody-missing',
      owner: 'handback',
      since,
      // Custodies open when the access is cut.
      dueAt: toIso(toMs(since) + context.policy.accessCut.dueMs),
      escalatesAt: null,
      parked: false,
    }));
}

/** Custodies whose gates are all through, and which nobody has closed yet. */
function notClosed(custodies: readonly CustodyState[], context: RuleContext): readonly BlockedBy[] {
  return custodies
    .filter((custody) => custody.closed === null && custodyCompletion(custody, context).complete)
    .map((custody) => {
      const since = custodyGates(custody, context)['inventory-closure'].status.since;
      const dueAt = toIso(toMs(since) + context.policy.closure.dueMs);
      return {
        kind: 'action',
        gate: null,
        deviceId: custody.deviceId,
        code: 'custody-not-closed',
        owner: 'handback',
        since,
        dueAt,
        escalatesAt: null,
        parked: false,
      };
    });
}

/** Whether a case is stuck: something that is not parked is past its deadline. */
export function isStuck(blockedBy: readonly BlockedBy[], now: number): boolean {
  return blockedBy.some((block) => !block.parked && block.dueAt !== null && toMs(block.dueAt) <= now);
}

/** Whether every way forward waits for a decision. */
export function isBlocked(blockedBy: readonly BlockedBy[]): boolean {
  return blockedBy.length > 0 && blockedBy.every((block) => block.kind === 'decision');
}
