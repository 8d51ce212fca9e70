/** Small builders that the gate rules share. */
import { climb, climbException } from '../escalation.ts';
import { blockingExceptions, blockOf } from '../exceptions.ts';
import type { CustodyState, OpenException } from '../custody-state.ts';
import type { Fact } from '../fact.ts';
import type { BlockedBy, BlockKind, Gate, GateState, GateStatus } from '../gates.ts';
import type { Judgement, Record, RuleContext, Step } from '../judgement.ts';
import { earliest, ifAhead, toIso } from '../time.ts';

/** A gate that is through: nothing blocks. */
export function through<G extends Gate>(
  gate: G,
  state: GateState,
  since: string,
  evidence: readonly string[],
  basis: string | null = null,
): Judgement<G> {
  return { status: { gate, state, since, evidence, basis, blockedBy: [] }, step: { do: 'pass' } };
}

/** A gate that the custody's route does not have: two people chose the route. */
export function offRoute<G extends Gate>(gate: G, custody: CustodyState): Judgement<G> {
  const { routeChanged, route, opened } = custody;
  const evidence = routeChanged === null ? [] : [routeChanged.key];
  return through(gate, 'not-applicable', routeChanged?.at ?? opened.at, evidence, `route:${route}`);
}

/** What a gate waits for, when it is not through. */
export interface Waiting<G extends Gate> {
  readonly gate: G;
  readonly state: GateState;
  readonly since: string;
  readonly evidence?: readonly string[];
  readonly deviceId: string | null;
  readonly block: {
    readonly kind: BlockKind;
    readonly code: string;
    readonly owner: string;
    readonly parked?: true;
  };
  /** The gate's deadline, epoch milliseconds; `null` = none yet. */
  readonly dueAt: number | null;
  /** When time alone may change the judgement. */
  readonly changesAt?: number | null;
  readonly raised: readonly Fact<'escalation.raised'>[];
  readonly exceptions: readonly OpenException[];
}

/**
 * A gate that waits: its ladder is climbed (a due rung is recorded first), open exceptions of the gate stand among what
 * blocks, and the wait ends at the next moment that matters.
 */
export function waiting<G extends Gate>(on: Waiting<G>, context: RuleContext): Judgement<G> {
  const ladder =
    on.dueAt === null
      ? { due: [], nextAt: null }
      : climb(on.gate, on.dueAt, on.raised, context.policy, context.now);
  // Waiting by design ends at its date: what is overdue is not parked.
  const isParked = (on.block.parked ?? false) && on.dueAt !== null && on.dueAt > context.now;
  const block: BlockedBy = {
    kind: on.block.kind,
    gate: on.gate,
    deviceId: on.deviceId,
    code: on.block.code,
    owner: on.block.owner,
    since: on.since,
    dueAt: on.dueAt === null ? null : toIso(on.dueAt),
    escalatesAt: ladder.nextAt === null ? null : toIso(ladder.nextAt),
    parked: isParked,
  };
  const decisions = blockingExceptions(on.exceptions, on.gate).map((exception) =>
    blockOf(exception, on.deviceId, climbException(exception, on.raised, context.policy, context.now).nextAt),
  );
  const status: GateStatus<G> = {
    gate: on.gate,
    state: on.state,
    since: on.since,
    evidence: on.evidence ?? [],
    basis: null,
    blockedBy: decisions.length > 0 ? decisions : [block],
  };
  if (ladder.due.length > 0) return { status, step: { do: 'record', records: ladder.due } };
  return {
    status,
    step: {
      do: 'wait',
      until: earliest(ladder.nextAt, ifAhead(on.changesAt ?? null, context.now), isParked ? on.dueAt : null),
    },
  };
}

/** The same standing with another step. */
export function withStep<G extends Gate>(judgement: Judgement<G>, step: Step): Judgement<G> {
  return judgement.step.do === 'record' ? judgement : { status: judgement.status, step };
}

/** Records an exception of a gate, then judges again. */
export function raise(code: string, gate: Gate, owner: string): Step {
  return { do: 'record', records: [{ kind: 'exception', code, gate, owner, blocking: true }] };
}

/** A fact of the device's own stream, to be recorded at once. */
export function factOf(fact: Extract<Record, { kind: 'fact' }>['fact']): Step {
  return { do: 'record', records: [{ kind: 'fact', fact }] };
}

/** The record of one kind of source that the custody was opened with. */
export function recordIn(custody: CustodyState, sourceKind: 'identity' | 'mdm' | 'inventory') {
  return custody.opened.data.records.find((record) => record.sourceKind === sourceKind) ?? null;
}

/** When the custody was opened, epoch milliseconds: the clock of its deadlines starts here. */
export function openedAt(custody: CustodyState): number {
  return Date.parse(custody.opened.at);
}

/**
 * A wait that also minds the open exceptions: each has a ladder of its own, whichever gate the workflow asks about.
 */
export function mindingExceptions(
  step: Step,
  exceptions: readonly OpenException[],
  raised: readonly Fact<'escalation.raised'>[],
  context: RuleContext,
): Step {
  if (step.do !== 'wait') return step;
  const ladders = blockingExceptions(exceptions).map((exception) =>
    climbException(exception, raised, context.policy, context.now),
  );
  const due = ladders.flatMap((ladder) => ladder.due);
  if (due.length > 0) return { do: 'record', records: due };
  return { do: 'wait', until: earliest(step.until, ...ladders.map((ladder) => ladder.nextAt)) };
}
