/** The escalation ladder of a gate: who is told when its deadline has passed, and when the next rung comes. */
import type { Fact } from './fact.ts';
import type { Gate } from './gates.ts';
import type { Record } from './judgement.ts';
import type { Policy } from './policy.ts';
import { toIso } from './time.ts';

export interface LadderStanding {
  /** Rungs that are due and not yet raised, as records to commit. */
  readonly due: readonly Record[];
  /** When the next rung comes, epoch milliseconds; `null` at the ladder's end. */
  readonly nextAt: number | null;
}

/**
 * @param dueAt The gate's deadline, epoch milliseconds.
 * @param raised The escalations of this epoch or generation so far.
 */
export function climb(
  gate: Gate,
  dueAt: number,
  raised: readonly Fact<'escalation.raised'>[],
  policy: Policy,
  now: number,
): LadderStanding {
  const done = new Set(raised.filter((fact) => fact.data.gate === gate).map((fact) => fact.data.rung));
  const open = policy.escalation[gate]
    .map((rung, index) => ({ ...rung, index, at: dueAt + rung.afterMs }))
    .filter((rung) => !done.has(rung.index));
  const due = open.filter((rung) => rung.at <= now);
  const ahead = open.filter((rung) => rung.at > now).map((rung) => rung.at);
  return {
    due: due.map((rung) => ({
      kind: 'escalation',
      gate,
      rung: rung.index,
      to: rung.to,
      dueAt: toIso(dueAt),
    })),
    nextAt: ahead.length === 0 ? null : Math.min(...ahead),
  };
}
