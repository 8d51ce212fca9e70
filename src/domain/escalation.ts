/** The escalation ladder of a gate: who is told when its deadline has passed, and when the next rung comes. */
import type { OpenException } from './custody-state.ts';
import type { Fact } from './fact.ts';
import type { Gate } from './gates.ts';
import type { Record } from './judgement.ts';
import type { EscalationRung, Policy } from './policy.ts';
import { toIso, toMs } from './time.ts';

export interface LadderStanding {
  /** Rungs that are due and not yet raised, as records to commit. */
  readonly due: readonly Record[];
  /** When the next rung comes, epoch milliseconds; `null` at the ladder's end. */
  readonly nextAt: number | null;
}

/**
 * The ladder of a gate's deadline. Each deadline has its own rungs: one that was late and escalated does not use up those of
 * the next.
 *
 * @param dueAt Epoch milliseconds.
 * @param raised The escalations of this epoch or generation so far.
 */
export function climb(
  gate: Gate,
  dueAt: number,
  raised: readonly Fact<'escalation.raised'>[],
  policy: Policy,
  now: number,
): LadderStanding {
  return standingOn({ gate, exceptionId: null, dueAt: toIso(dueAt) }, policy.escalation[gate], raised, now);
}

/** The ladder of an open exception: nobody's decision waits in silence. */
export function climbException(
  { opened }: OpenException,
  raised: readonly Fact<'escalation.raised'>[],
  policy: Policy,
  now: number,
): LadderStanding {
  const { exceptionId, gate, dueAt } = opened.data;
  return standingOn({ gate, exceptionId, dueAt }, policy.escalation.exception, raised, now);
}

/** What is overdue: a gate by its deadline, or one exception. */
interface Overdue {
  readonly gate: Gate | null;
  readonly exceptionId: string | null;
  /** ISO 8601 UTC. */
  readonly dueAt: string;
}

function standingOn(
  what: Overdue,
  rungs: readonly EscalationRung[],
  raised: readonly Fact<'escalation.raised'>[],
  now: number,
): LadderStanding {
  const done = new Set(raised.filter(({ data }) => isAbout(data, what)).map(({ data }) => data.rung));
  const open = rungs
    .map((rung, index) => ({ ...rung, index, at: toMs(what.dueAt) + rung.afterMs }))
    .filter((rung) => !done.has(rung.index));
  const ahead = open.filter((rung) => rung.at > now).map((rung) => rung.at);
  return {
    due: open
      .filter((rung) => rung.at <= now)
      .map((rung) => ({ kind: 'escalation', ...what, rung: rung.index, to: rung.to })),
    nextAt: ahead.length === 0 ? null : Math.min(...ahead),
  };
}

function isAbout(data: Fact<'escalation.raised'>['data'], what: Overdue): boolean {
  return data.gate === what.gate && data.exceptionId === what.exceptionId && data.dueAt === what.dueAt;
}
