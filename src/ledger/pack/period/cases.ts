/** `audit/cases.json`: every case of the population by its own facts, sampled or not. */
import { foldCase } from '../../../domain/case-state.ts';
import type { CaseState } from '../../../domain/case-state.ts';
import type { AnyFact } from '../../../domain/fact.ts';
import { roundOf } from '../../../domain/fact.ts';
import { toMs } from '../../../domain/time.ts';
import { isOf, placeOf, streamsOf } from './pack-facts.ts';
import type { PackFacts } from './pack-facts.ts';

/** One generation of a case. Times are ISO 8601 UTC; `events` are indexes of events in the pack. */
export interface AuditedCase {
  readonly caseId: string;
  readonly generation: number;
  readonly personId: string | null;
  readonly effectiveAt: string;
  readonly state: 'scheduled' | 'open' | 'completed' | 'completed-with-waivers' | 'cancelled';
  readonly reason: string | null;
  readonly late: boolean;
  readonly backfill: boolean;
  readonly policy: string;
  readonly rules: string;
  readonly openedAt: string;
  readonly startedAt: string | null;
  readonly discoveredAt: string | null;
  /** `null` while nobody knows: none found is not none. */
  readonly devices: number | null;
  readonly firstCutAt: string | null;
  readonly lastReadBackAt: string | null;
  readonly endedAt: string | null;
  /** Missed deadlines, healed or not, and waivers, of the case and its devices. */
  readonly breaches: number;
  readonly waivers: number;
  readonly sampled: boolean;
  readonly events: {
    readonly opened: number | null;
    readonly discovered: number | null;
    readonly ended: number | null;
  };
}

/** @param sampled Ids of cases. */
export function auditedCases(facts: PackFacts, sampled: ReadonlySet<string>): readonly AuditedCase[] {
  const devices = byCase(facts);
  return [...streamsOf(facts, 'case:')]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, own]) =>
      own.filter(isOf('case.opened')).flatMap(({ data }) => {
        const state = foldCase(own, data.generation);
        if (state === null) return [];
        const ofRound = own.filter((fact) => roundOf(fact) === data.generation);
        const ofDevices = devices.get(`${state.caseId}:${data.generation}`) ?? [];
        return [audited(state, [...ofRound, ...ofDevices], facts, sampled.has(state.caseId))];
      }),
    );
}

/** Facts of the custodies that a case's generation opened, by `case:generation`. */
function byCase(facts: PackFacts): ReadonlyMap<string, readonly AnyFact[]> {
  const found = new Map<string, AnyFact[]>();
  for (const [, own] of streamsOf(facts, 'device:')) {
    const rounds = new Map(
      own
        .filter(isOf('custody.opened'))
        .map(({ data }) => [data.epoch, `${data.caseId}:${data.generation}`] as const),
    );
    for (const fact of own) {
      const round = rounds.get(roundOf(fact) ?? -1);
      if (round === undefined) continue;
      const list = found.get(round) ?? [];
      list.push(fact);
      found.set(round, list);
    }
  }
  return found;
}

function audited(state: CaseState, own: readonly AnyFact[], facts: PackFacts, sampled: boolean): AuditedCase {
  const { caseId, generation, opened, started, concluded, completed, cancelled } = state;
  const ended = completed ?? cancelled;
  const cuts = [...state.cuts.values()].map(({ data }) => data.cutAt);
  const reads = [...state.readBacks.values()].map(({ data }) => data.readAt);
  return {
    caseId,
    generation,
    personId: opened.data.personId,
    effectiveAt: state.effectiveAt,
    state:
      completed?.data.outcome ?? (cancelled !== null ? 'cancelled' : started === null ? 'scheduled' : 'open'),
    reason: cancelled?.data.reason ?? null,
    late: opened.data.late,
    backfill: opened.data.backfill === true,
    policy: state.policyDigest,
    rules: completed?.data.rulesVersion ?? opened.data.rulesVersion,
    openedAt: opened.at,
    startedAt: started?.at ?? null,
    discoveredAt: concluded?.at ?? null,
    devices: concluded?.data.devices.length ?? null,
    firstCutAt: first(cuts),
    lastReadBackAt: first(reads, -1),
    endedAt: ended?.at ?? null,
    breaches: own.filter(isOf('deadline.breached')).length,
    waivers: own.filter(isOf('gate.waived')).length,
    sampled,
    events: {
      opened: placeOf(opened, facts),
      discovered: placeOf(concluded, facts),
      ended: placeOf(ended, facts),
    },
  };
}

/** The earliest, or the latest. */
function first(times: readonly string[], way = 1): string | null {
  return times.toSorted((a, b) => way * (toMs(a) - toMs(b)))[0] ?? null;
}
