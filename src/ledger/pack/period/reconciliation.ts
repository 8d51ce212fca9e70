/** `audit/reconciliation.json`: leavers against cases, and everything that does not pair off. */
import { toMs } from '../../../domain/time.ts';
import type { AuditedCase } from './cases.ts';
import type { Population, PopulationSource } from './population.ts';

/** Who left by one source. `personId` is `null` for an account that nobody here is linked to. */
interface Leaver {
  readonly connector: string;
  readonly basis: 'live' | 'recorded';
  readonly account: string | null;
  readonly personId: string | null;
  readonly leftAt: string | null;
}

type CaseName = Pick<AuditedCase, 'caseId' | 'generation'>;

export interface Reconciliation {
  readonly sources: readonly {
    readonly connector: string;
    readonly kind: PopulationSource['kind'];
    readonly outcome: PopulationSource['outcome'];
    readonly live: number;
    readonly recorded: number;
    readonly withCase: number;
    readonly withoutCase: number;
  }[];
  /** People and unlinked accounts, whichever and however many sources name them. */
  readonly leavers: number;
  /** Generations of cases. */
  readonly cases: number;
  readonly leaversWithoutCase: readonly Leaver[];
  /** They have cases, and every one of them was cancelled. */
  readonly leaversWithCancelledCasesOnly: readonly Leaver[];
  readonly casesWithoutLeaver: readonly CaseName[];
  readonly cancelled: readonly (CaseName & {
    readonly reason: string | null;
    readonly endedAt: string | null;
  })[];
  readonly withoutDevices: readonly CaseName[];
  /** Discovery has not concluded: how many devices there are nobody knows. */
  readonly devicesUnknown: readonly CaseName[];
  /** Taken in because a source names the person, although the leave took effect outside the period. */
  readonly outsidePeriod: readonly (CaseName & { readonly effectiveAt: string })[];
  /** Deactivated, and nothing says whether for good. Not counted as leavers. */
  readonly unclear: readonly Leaver[];
  /** Gone, and nobody tells when. Not counted as leavers of the period. */
  readonly undated: readonly Leaver[];
  /** Whoever these would have named is not here. */
  readonly notListed: readonly string[];
}

export function reconcile(population: Population, cases: readonly AuditedCase[]): Reconciliation {
  const { period, sources } = population;
  const listed = sources.flatMap((source) => source.live.map((one) => ({ source, one })));
  const leavers = sources.flatMap(leaversOf);
  const owners = Map.groupBy(cases, ({ personId }) => personId);
  const casesOf = ({ personId }: Leaver) => (personId === null ? [] : (owners.get(personId) ?? []));
  const named = new Set(leavers.map(({ personId }) => personId));
  const [start, end] = [toMs(period.start), toMs(period.end)];
  return {
    sources: sources.map((source) => {
      const own = leaversOf(source);
      const withCase = own.filter((leaver) => casesOf(leaver).length > 0).length;
      const { connector, kind, outcome } = source;
      return {
        connector,
        kind,
        outcome,
        live: own.filter(({ basis }) => basis === 'live').length,
        recorded: own.filter(({ basis }) => basis === 'recorded').length,
        withCase,
        withoutCase: own.length - withCase,
      };
    }),
    leavers: new Set(leavers.map(({ personId, account }) => personId ?? account)).size,
    cases: cases.length,
    leaversWithoutCase: leavers.filter((leaver) => casesOf(leaver).length === 0),
    leaversWithCancelledCasesOnly: leavers.filter((leaver) => {
      const own = casesOf(leaver);
      return own.length > 0 && own.every(({ state }) => state === 'cancelled');
    }),
    casesWithoutLeaver: cases.filter(({ personId }) => !named.has(personId)).map(nameOf),
    cancelled: cases
      .filter(({ state }) => state === 'cancelled')
      .map((one) => ({ ...nameOf(one), reason: one.reason, endedAt: one.endedAt })),
    withoutDevices: cases.filter(({ devices }) => devices === 0).map(nameOf),
    devicesUnknown: cases.filter(({ devices }) => devices === null).map(nameOf),
    outsidePeriod: cases
      .filter(({ effectiveAt }) => toMs(effectiveAt) < start || toMs(effectiveAt) >= end)
      .map((one) => ({ ...nameOf(one), effectiveAt: one.effectiveAt })),
    unclear: listed.filter(({ one }) => one.state === 'unclear').map(liveLeaver),
    undated: listed.filter(({ one }) => one.state === 'gone' && one.leftAt === null).map(liveLeaver),
    notListed: sources.filter(({ outcome }) => outcome !== 'listed').map(({ connector }) => connector),
  };
}

/** Everybody whom the source says to have left in the period. */
function leaversOf(source: PopulationSource): readonly Leaver[] {
  const live = source.live
    .filter(({ state, leftAt }) => state === 'gone' && leftAt !== null)
    .map((one) => liveLeaver({ source, one }));
  const recorded = source.recorded.map(({ personId, leftAt }) => ({
    connector: source.connector,
    basis: 'recorded' as const,
    account: null,
    personId,
    leftAt,
  }));
  return [...live, ...recorded];
}

function liveLeaver({
  source,
  one,
}: {
  readonly source: PopulationSource;
  readonly one: PopulationSource['live'][number];
}): Leaver {
  const { account, personId, leftAt } = one;
  return { connector: source.connector, basis: 'live', account, personId, leftAt };
}

function nameOf({ caseId, generation }: AuditedCase): CaseName {
  return { caseId, generation };
}
