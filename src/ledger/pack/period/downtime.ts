/** `audit/downtime.json`: when parts of the installation were not heard of, as recorded when they were heard of again. */
import { toMs } from '../../../domain/time.ts';
import { inLedgerOrder, isOf, placeOf } from './pack-facts.ts';
import type { PackFacts } from './pack-facts.ts';
import type { PeriodOf } from './population.ts';

export interface Downtime {
  /** Since when silence is noticed; `null`: not yet. Before it, no gap is not the same as none. */
  readonly recordedSince: string | null;
  readonly gaps: readonly {
    readonly part: string;
    readonly from: string;
    readonly until: string;
    readonly seconds: number;
    readonly code: string | null;
    readonly event: number | null;
  }[];
}

/** Those that touch the period. */
export function downtimeOf(facts: PackFacts, { start, end }: PeriodOf): Downtime {
  const ordered = inLedgerOrder(facts);
  return {
    recordedSince: ordered.find(isOf('installation.described'))?.at ?? null,
    gaps: ordered
      .filter(isOf('downtime.observed'))
      .filter(({ data }) => toMs(data.seenAgainAt) >= toMs(start) && toMs(data.lastSeenAt) < toMs(end))
      .map((fact) => {
        const { part, lastSeenAt: from, seenAgainAt: until, code } = fact.data;
        const seconds = Math.round((toMs(until) - toMs(from)) / 1_000);
        return { part, from, until, seconds, code, event: placeOf(fact, facts) };
      }),
  };
}
