/** Everything in a period's pack that follows from its facts and its population: made once, and again by whoever verifies. */
import type { Policy } from '../../../domain/policy.ts';
import { accessOf } from './access.ts';
import { auditedCases } from './cases.ts';
import { changesOf } from './changes.ts';
import { decisionsOf } from './decisions.ts';
import { downtimeOf } from './downtime.ts';
import type { PackFacts } from './pack-facts.ts';
import { streamsOf } from './pack-facts.ts';
import type { Population, Statements } from './population.ts';
import { reconcile } from './reconciliation.ts';
import { drawSample } from './sample.ts';
import { timesOf } from './times.ts';

/** What it is made of. */
export interface Given {
  readonly population: Population;
  readonly statements: Statements;
  readonly facts: PackFacts;
  readonly policies: ReadonlyMap<string, Policy>;
  /** ISO 8601 UTC. */
  readonly exportedAt: string;
}

const BASIS = { basis: 'computed from the facts in this pack' } as const;

/** By the names of `DERIVED`. */
export function derive({ population, facts, policies, exportedAt }: Given) {
  const { period } = population;
  const sample = drawSample(caseIdsOf(facts), period);
  const sampled = new Set(sample.cases.map(({ caseId }) => caseId));
  const cases = auditedCases(facts, sampled);
  return {
    cases: { ...BASIS, cases },
    reconciliation: { ...BASIS, ...reconcile(population, cases) },
    sample: { ...BASIS, ...sample },
    times: { ...BASIS, ...timesOf(sampled, { facts, policies, exportedAt }) },
    decisions: { ...BASIS, ...decisionsOf(facts, exportedAt) },
    changes: { ...BASIS, ...changesOf(facts, period) },
    downtime: { ...BASIS, ...downtimeOf(facts, period) },
    access: { ...BASIS, ...accessOf(facts, period) },
  };
}

export type Derived = ReturnType<typeof derive>;

/** Cases that were opened by the facts in the pack: the population that the sample is drawn out of. */
export function caseIdsOf(facts: PackFacts): readonly string[] {
  return [...streamsOf(facts, 'case:').keys()].map((stream) => stream.slice('case:'.length)).toSorted();
}

/** What the manifest says of a period, in numbers. */
export function periodClaim(
  derived: Derived,
  { population, statements }: Pick<Given, 'population' | 'statements'>,
) {
  const { reconciliation, times, decisions, downtime, sample } = derived;
  const { from, until, timeZone } = population.period;
  return {
    from,
    until,
    timeZone,
    leavers: reconciliation.leavers,
    cases: reconciliation.cases,
    sampled: sample.cases.length,
    leaversWithoutCase: reconciliation.leaversWithoutCase.length,
    leaversWithCancelledCasesOnly: reconciliation.leaversWithCancelledCasesOnly.length,
    casesWithoutLeaver: reconciliation.casesWithoutLeaver.length,
    cancelled: reconciliation.cancelled.length,
    excluded: statements.excluded.length,
    withoutDevices: reconciliation.withoutDevices.length,
    devicesUnknown: reconciliation.devicesUnknown.length,
    unclear: reconciliation.unclear.length + reconciliation.undated.length,
    breaches: times.breaches.length,
    waivers: decisions.waivers.length,
    downtimes: downtime.gaps.length,
    sourcesNotListed: [...reconciliation.notListed],
  };
}
export type PeriodClaim = ReturnType<typeof periodClaim>;
