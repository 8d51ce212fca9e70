/** A custody as a whole: its gates in their order, each judged on the same facts. */
import type { CustodyState } from '../custody-state.ts';
import { DISPOSITION_BY_ROUTE } from '../disposition-end.ts';
import { disposalEnd } from '../disposal-end.ts';
import type { Disposition } from '../disposition-end.ts';
import { climbException } from '../escalation.ts';
import { blockingExceptions, blockOf } from '../exceptions.ts';
import { GATES_BEFORE, isThrough } from '../gates.ts';
import type { BlockedBy, DeviceGate, GateStatus } from '../gates.ts';
import type { Judgement, RuleContext, Step, Steps } from '../judgement.ts';
import type { Policy } from '../policy.ts';
import { judgeItadHandoff } from './itad-handoff.ts';
import { judgeDataHandover } from './data-handover.ts';
import { judgeInventoryClosure } from './inventory-closure.ts';
import { judgeReturn } from './return.ts';
import { acceptedCertificate } from './sanitisation.ts';
import { mindingExceptions } from './standing.ts';
import { mindingWaivers, waived } from './waivers.ts';
import { callBackAwaited } from './wipe-waits.ts';
import { judgeWipe } from './wipe.ts';

/** One judgement of a custody: how its gates stand, what comes next at each, and what blocks. */
export interface CustodyJudgement {
  readonly gates: Readonly<Record<DeviceGate, Judgement>>;
  readonly steps: Steps<DeviceGate>;
  readonly completion: CustodyCompletion;
}

export function judgeCustody(custody: CustodyState, context: RuleContext): CustodyJudgement {
  const gates = custodyGates(custody, context);
  const completion = completionOf(custody, gates, context);
  return { gates, completion, steps: stepsOf(custody, gates, completion, context) };
}

/** How every gate of a custody stands. A gate whose predecessors are not through waits for them. */
export function custodyGates(
  custody: CustodyState,
  context: RuleContext,
): Readonly<Record<DeviceGate, Judgement>> {
  const or = (gate: DeviceGate, judgement: Judgement) => waived(gate, judgement, custody, context);
  const handover = or('data-handover', judgeDataHandover(custody, context));
  const wipe = or(
    'wipe',
    wasOvertaken(custody)
      ? judgeWipe(custody, context)
      : after([handover], 'wipe', custody, context, () => judgeWipe(custody, context)),
  );
  const back = or('return', judgeReturn(custody, context));
  const handoff = or(
    'itad-handoff',
    after([wipe, back], 'itad-handoff', custody, context, (since) =>
      judgeItadHandoff(custody, since, context),
    ),
  );
  const closure = or(
    'inventory-closure',
    after([handoff], 'inventory-closure', custody, context, (since) =>
      judgeInventoryClosure(custody, since, context),
    ),
  );
  return {
    'data-handover': handover,
    wipe,
    return: back,
    'itad-handoff': handoff,
    'inventory-closure': closure,
  };
}

/** A hold for the handover came when a wipe had been sent already: that one is called back, or has happened. */
function wasOvertaken({ holds, wipes }: CustodyState): boolean {
  return (
    holds.some(({ data }) => data.kind === 'data-handover') && wipes.some((one) => one.intended !== null)
  );
}

/** What comes next at every gate. One that waits for those before it has their step. */
function stepsOf(
  custody: CustodyState,
  gates: CustodyJudgement['gates'],
  { complete }: CustodyCompletion,
  context: RuleContext,
): Steps<DeviceGate> {
  if (custody.cancelled !== null) return allGates({ do: 'stop' });
  if (custody.closed !== null) return allGates({ do: 'pass' });
  const step = (gate: DeviceGate): Step =>
    mindingWaivers(
      mindingExceptions(stepOf(gate, gates), custody.exceptions, custody.escalations, context),
      custody,
      context,
    );
  return {
    'data-handover': step('data-handover'),
    wipe: step('wipe'),
    return: step('return'),
    'itad-handoff': step('itad-handoff'),
    'inventory-closure': complete ? closing(custody, context) : step('inventory-closure'),
  };
}

function allGates(step: Step): Steps<DeviceGate> {
  return { 'data-handover': step, wipe: step, return: step, 'itad-handoff': step, 'inventory-closure': step };
}

function closing(custody: CustodyState, { policy }: RuleContext): Step {
  return { do: 'record', records: [{ kind: 'close-custody', disposition: dispositionOf(custody, policy) }] };
}

function dispositionOf(custody: CustodyState, policy: Policy): Disposition {
  if (custody.route !== 'dispose') return DISPOSITION_BY_ROUTE[custody.route];
  if (disposalEnd(custody) === 'destroyed') return 'destroyed';
  return acceptedCertificate(custody, policy)?.data.level === 'destroy' ? 'destroyed' : 'sanitised';
}

/**
 * The gate's own step. One before it that has fallen back (new evidence against it) must be passed again first, whichever
 * gate the workflow has come to; and the last one, through, waits for the exceptions that are still open.
 */
function stepOf(gate: DeviceGate, gates: Readonly<Record<DeviceGate, Judgement>>): Step {
  const fallen = GATES_BEFORE[gate].find((before) => !letsOn(gates[before]));
  if (fallen !== undefined) {
    // Only what had begun before then has anything to do: it is called back.
    if (gates[gate].step.do === 'act') return gates[gate].step;
    const step = stepOf(fallen, gates);
    return step.do === 'pass' ? { do: 'wait', until: null } : step;
  }
  const { step } = gates[gate];
  return gate === 'inventory-closure' && step.do === 'pass' ? { do: 'wait', until: null } : step;
}

export interface CustodyCompletion {
  readonly complete: boolean;
  readonly waived: boolean;
  readonly blockedBy: readonly BlockedBy[];
}

/** Whether every gate of the custody is through and nothing blocks; otherwise what does. */
export function custodyCompletion(custody: CustodyState, context: RuleContext): CustodyCompletion {
  return completionOf(custody, custodyGates(custody, context), context);
}

function completionOf(
  custody: CustodyState,
  gates: CustodyJudgement['gates'],
  context: RuleContext,
): CustodyCompletion {
  const statuses = Object.values(gates).map((judgement) => judgement.status);
  const named = new Set(
    statuses.flatMap((status) => status.blockedBy.map((block) => `${block.code}:${block.since}`)),
  );
  const others = blockingExceptions(custody.exceptions)
    .map((exception) =>
      blockOf(
        exception,
        custody.deviceId,
        climbException(exception, custody.escalations, context.policy, context.now).nextAt,
      ),
    )
    .filter((block) => !named.has(`${block.code}:${block.since}`));
  const blockedBy = [...statuses.flatMap((status) => status.blockedBy), ...others];
  const complete =
    statuses.every((status) => isThrough(status.state)) &&
    blockingExceptions(custody.exceptions).length === 0;
  return { complete, waived: statuses.some((status) => status.state === 'waived'), blockedBy };
}

function after(
  before: readonly Judgement[],
  gate: DeviceGate,
  custody: CustodyState,
  context: RuleContext,
  judge: (since: string) => Judgement,
): Judgement {
  const holding = before.filter((one) => !letsOn(one));
  if (holding.length > 0) return notYet(gate, holding, custody, context);
  const since =
    before
      .map((one) => one.status.since)
      .toSorted()
      .at(-1) ?? custody.opened.at;
  return judge(since);
}

/**
 * Whether the gates after it may begin. Not only one that is through: a device that the vendor is to sanitise leaves before its
 * wipe is proven, and one in retention is stored with its data.
 */
function letsOn({ step }: Judgement): boolean {
  return step.do === 'pass';
}

/**
 * What its predecessors wait for is what it waits for: it names nothing of its own, but for what is left to do at one that is
 * through and names nothing any more.
 */
function notYet(
  gate: DeviceGate,
  holding: readonly Judgement[],
  custody: CustodyState,
  context: RuleContext,
): Judgement {
  const isThroughAlready = ({ status }: Judgement) => isThrough(status.state);
  const status: GateStatus = {
    gate,
    state: 'waiting',
    since: custody.opened.at,
    evidence: [],
    basis: `after:${GATES_BEFORE[gate].join('+')}`,
    blockedBy: holding
      .filter(isThroughAlready)
      .map(({ status: { since } }) => callBackAwaited(custody, since, context)),
  };
  return { status, step: { do: 'wait', until: null } };
}
