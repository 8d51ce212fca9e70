/** Waivers: a gate let through without evidence by two people, until a date. They mark the completion. */
import type { Fact } from '../fact.ts';
import type { Gate } from '../gates.ts';
import { isThrough } from '../gates.ts';
import type { Judgement, RuleContext, Step } from '../judgement.ts';
import { earliest, toMs } from '../time.ts';
import { through } from './standing.ts';

interface Waivable {
  readonly waivers: readonly Fact<'gate.waived'>[];
}

/** The gate as a waiver leaves it; evidence counts before any waiver. */
export function waived(
  gate: Gate,
  judgement: Judgement,
  { waivers }: Waivable,
  { now }: RuleContext,
): Judgement {
  const { state } = judgement.status;
  if (isThrough(state)) return judgement;
  const waiver = waivers.findLast(({ data }) => data.gate === gate && toMs(data.expiresAt) > now);
  if (waiver === undefined) return judgement;
  return through(gate, 'waived', waiver.at, [waiver.key], `until:${waiver.data.expiresAt}`);
}

/** A wait ends when the first waiver that counts runs out: its gate then waits again. */
export function mindingWaivers(step: Step, { waivers }: Waivable, { now }: RuleContext): Step {
  if (step.do !== 'wait') return step;
  const ahead = waivers.map(({ data }) => toMs(data.expiresAt)).filter((expires) => expires > now);
  return { do: 'wait', until: earliest(step.until, ...ahead) };
}
