/** Which facts a period's pack holds: whole streams of the sample and the installation, and of every other case what it stands on. */
import { sql } from 'kysely';
import type { FactType } from '../../domain/fact-types.ts';
import { caseStream, deviceStream, personStream, roundOf } from '../../domain/fact.ts';
import { PERIOD_LIMITS } from '../../ledger/pack/period/files.ts';
import type { PopulationSource, Recorded } from '../../ledger/pack/period/population.ts';
import { drawSample } from '../../ledger/pack/period/sample.ts';
import { PERIOD_STREAMS, relatedStreams } from '../../ledger/pack/related-streams.ts';
import type { PeriodRow } from '../audits/periods.ts';
import type { Reader } from '../database.ts';
import { leafOf, readWhole } from './pack-content.ts';
import type { Leaf } from './pack-content.ts';

/** The period is about more than one pack may hold. */
export class PeriodTooLarge extends Error {
  override readonly name = 'PeriodTooLarge';
}

/** What a case that is not sampled stands on: how it began and ended, what was found, and what was let through. */
const OF_CASES = [
  'case.opened',
  'case.rescheduled',
  'case.started',
  'case.policy-moved',
  'case.cancelled',
  'case.completed',
  'discovery.concluded',
  'access.cut',
  'access.read-back',
  'decision.requested',
  'decision.made',
  'gate.waived',
  'deadline.breached',
] as const satisfies readonly FactType[];

const OF_DEVICES = [
  'custody.opened',
  'custody.closed',
  'custody.cancelled',
  'custody.policy-moved',
  'decision.requested',
  'decision.made',
  'gate.waived',
  'deadline.breached',
] as const satisfies readonly FactType[];

/** Sources and cases do not always agree about the day: so far outside the period a listed leaver's case still belongs to it. */
const NEAR_DAYS = 45;
const DAY_MS = 86_400_000;

export interface PeriodLeaves {
  readonly leaves: readonly Leaf[];
  readonly excerpts: ReadonlySet<string>;
}

/** @throws PeriodTooLarge */
export async function readPeriodLeaves(
  db: Reader,
  period: PeriodRow,
  sources: readonly PopulationSource[],
  size: number,
): Promise<PeriodLeaves> {
  const caseIds = await casesOf(db, period, sources);
  const ofCases = await factsOf(db, caseIds.map(caseStream), OF_CASES, size);
  const frame = ofCases.flatMap(({ fact }) =>
    fact.type === 'case.opened' ? [fact.stream.slice('case:'.length)] : [],
  );
  const { seed, seed_by: seedBy, sample } = period;
  const sampled = drawSample(frame, { seed, seedBy, sample }).cases.map(({ caseId }) => caseId);
  const subject = { kind: 'period', id: period.id } as const;
  const first = [...PERIOD_STREAMS, ...sampled.map(caseStream)];
  const whole = await readWhole(db, first, size, (known) => relatedStreams(subject, known, sampled));
  const ofDevices = await deviceFacts(db, new Set(frame), size);
  const words = sources.flatMap(({ recorded }) => recorded.map(({ event }) => event));
  const singles = [...ofCases, ...ofDevices, ...(await factsByKey(db, words, size))];
  const isWhole = new Set(whole.map(({ fact }) => fact.stream));
  const others = singles.filter(({ fact }) => !isWhole.has(fact.stream));
  if (whole.length + others.length > PERIOD_LIMITS.events) throw new PeriodTooLarge();
  return {
    leaves: [...whole, ...others],
    excerpts: new Set(others.map(({ fact }) => fact.stream)),
  };
}

/** Cases whose leave took effect in the period, and those near it of people whom a source lists. */
async function casesOf(
  db: Reader,
  { start_at: start, end_at: end }: PeriodRow,
  sources: readonly PopulationSource[],
): Promise<readonly string[]> {
  const named = sources.flatMap(({ live, recorded }) => [...live, ...recorded]);
  const people = [...new Set(named.flatMap(({ personId }) => personId ?? []))];
  const near = [Date.parse(start) - NEAR_DAYS * DAY_MS, Date.parse(end) + NEAR_DAYS * DAY_MS].map(
    (ms) => new Date(ms),
  );
  const { rows } = await sql<{ id: string }>`
    select id from cases where kind = 'offboarding' and (
      effective_at >= ${start}::timestamptz and effective_at < ${end}::timestamptz
      or person_id = any(${people}::text[]) and effective_at >= ${near[0]} and effective_at < ${near[1]}
    ) order by id limit ${PERIOD_LIMITS.cases + 1}`.execute(db);
  if (rows.length > PERIOD_LIMITS.cases) throw new PeriodTooLarge();
  return rows.map(({ id }) => id);
}

async function factsOf(
  db: Reader,
  streams: readonly string[],
  types: readonly FactType[],
  size: number,
): Promise<readonly Leaf[]> {
  const { rows } = await sql<{ leaf_index: number; canonical: string }>`
    select ledger_leaves.leaf_index, facts.canonical
    from facts join ledger_leaves on ledger_leaves.fact_id = facts.id
    where facts.stream = any(${[...streams]}::text[]) and facts.type = any(${[...types]}::text[])
      and ledger_leaves.leaf_index < ${size}::bigint
    order by facts.stream, facts.seq`.execute(db);
  return rows.map(leafOf);
}

/** Of custodies that these cases opened; what belongs to another epoch of the device is left out. */
async function deviceFacts(db: Reader, cases: ReadonlySet<string>, size: number): Promise<readonly Leaf[]> {
  const { rows } = await sql<{ device_id: string }>`
    select distinct device_id from custodies where case_id = any(${[...cases]}::text[])`.execute(db);
  const leaves = await factsOf(
    db,
    rows.map((row) => deviceStream(row.device_id)),
    OF_DEVICES,
    size,
  );
  const epochs = new Set(
    leaves.flatMap(({ fact }) =>
      fact.type === 'custody.opened' && cases.has(fact.data.caseId)
        ? [`${fact.stream}:${fact.data.epoch}`]
        : [],
    ),
  );
  return leaves.filter(({ fact }) => epochs.has(`${fact.stream}:${roundOf(fact)}`));
}

async function factsByKey(db: Reader, keys: readonly string[], size: number): Promise<readonly Leaf[]> {
  const { rows } = await sql<{ leaf_index: number; canonical: string }>`
    select ledger_leaves.leaf_index, facts.canonical
    from facts join ledger_leaves on ledger_leaves.fact_id = facts.id
    where facts.key = any(${[...keys]}::text[]) and ledger_leaves.leaf_index < ${size}::bigint
    order by facts.stream, facts.seq`.execute(db);
  return rows.map(leafOf);
}

/** Leavers by the record: the last word of a source about somebody, when it is that they leave within the period. */
export async function readRecorded(
  db: Reader,
  { start_at: start, end_at: end }: PeriodRow,
  connector: string,
  size: number,
): Promise<readonly Recorded[]> {
  const { rows: words } = await sql<{ key: string }>`
    select 'lifecycle.recorded:' || connector || ':' || event_id as key from (
      select distinct on (person_id) connector, event_id, kind, effective_at
      from lifecycle_events
      where connector = ${connector} and person_id is not null
        and kind in ('leaver', 'rehire', 'cancellation') and occurred_at < ${end}::timestamptz
      order by person_id, occurred_at desc, received_at desc
    ) as last
    where kind = 'leaver' and effective_at >= ${start}::timestamptz and effective_at < ${end}::timestamptz
    limit ${PERIOD_LIMITS.leavers + 1}`.execute(db);
  if (words.length > PERIOD_LIMITS.leavers) throw new PeriodTooLarge();
  const leaves = await factsByKey(
    db,
    words.map(({ key }) => key),
    size,
  );
  return leaves.flatMap(({ fact }) =>
    fact.type === 'lifecycle.recorded' && fact.stream === personStream(fact.data.personId)
      ? [{ personId: fact.data.personId, leftAt: fact.data.effectiveAt, event: fact.key }]
      : [],
  );
}
