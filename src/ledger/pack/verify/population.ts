/** Check `population`: what a period was asked for as, and what the sources listed for it. */
import { AUDITS_STREAM } from '../../../domain/fact.ts';
import type { Fact } from '../../../domain/fact.ts';
import { toIso, toMs } from '../../../domain/time.ts';
import { dayBegins } from '../../../domain/working-days.ts';
import { canonicalText } from '../../canonical.ts';
import type { Manifest } from '../manifest.ts';
import { POPULATION } from '../period/files.ts';
import { isOf } from '../period/pack-facts.ts';
import type { PackFacts } from '../period/pack-facts.ts';
import { listDigest } from '../period/population.ts';
import type { Population, PopulationSource } from '../period/population.ts';
import { isOutOfShape } from './out-of-shape.ts';
import { counted } from './report.ts';
import type { CheckResult, Findings } from './report.ts';

/** What sources listed, held to the digests that the ledger has had of it since. */
export function checkPopulation(
  { period, sources }: Population,
  manifest: Manifest,
  facts: PackFacts,
  found: Findings,
): CheckResult {
  try {
    look({ period, sources }, manifest, facts, found);
  } catch (error) {
    if (!isOutOfShape(error)) throw error;
    found.wrong('A fact about this period is not of the shape that such facts have.');
  }
  return found.result('population');
}

function look(
  { period, sources }: Pick<Population, 'period' | 'sources'>,
  manifest: Manifest,
  facts: PackFacts,
  found: Findings,
): void {
  const own = facts.whole.get(AUDITS_STREAM) ?? [];
  const asked = own.filter(isOf('period.requested')).find(({ data }) => data.periodId === period.id);
  found.looked = `${counted(sources.length, 'source')}, ${counted(
    sources.reduce((sum, { live, recorded }) => sum + live.length + recorded.length, 0),
    'entry',
    'entries',
  )}`;
  if (manifest.subject.id !== period.id) found.wrong(`${POPULATION} is of another period than the pack.`);
  if (asked === undefined) {
    found.wrong('No fact says that this period was ever asked for.');
    return;
  }
  const { periodId: id, sources: named, ...terms } = asked.data;
  if (canonicalText({ id, ...terms }) !== canonicalText(period))
    found.wrong('The period was asked for with other dates, another seed or another sample.');
  const { start, end, from, until, timeZone } = period;
  if (start !== toIso(dayBegins(from, timeZone)) || end !== toIso(dayBegins(until, timeZone, 1)))
    found.wrong('The period does not begin and end with its dates in its time zone.');
  const listed = sources.map(({ connector, kind }) => ({ connector, kind }));
  if (canonicalText({ named: listed }) !== canonicalText({ named }))
    found.wrong('These are not the sources that were to be asked.');
  const lists = own.filter(isOf('population.extracted')).filter(({ data }) => data.periodId === period.id);
  for (const source of sources) {
    checkList(
      source,
      lists.find(({ data }) => data.connector === source.connector),
      found,
    );
    checkBounds(source, start, end, found);
    checkRecorded(source, facts, found);
  }
}

/** A list that is not the one of the ledger was changed after it was drawn up. */
function checkList(
  source: PopulationSource,
  fact: Fact<'population.extracted'> | undefined,
  found: Findings,
): void {
  const { connector, live } = source;
  if (fact === undefined) {
    if (source.outcome !== 'not-answered' || live.length > 0 || source.listDigest !== null)
      found.wrong(`No fact says what ${connector} listed.`);
    return;
  }
  const { data } = fact;
  const said = [data.outcome, data.query, data.startedAt, data.finishedAt, data.accounts, data.kind];
  const told = [
    source.outcome,
    source.query,
    source.startedAt,
    source.finishedAt,
    source.accounts,
    source.kind,
  ];
  if (canonicalText({ said }) !== canonicalText({ said: told }))
    found.wrong(`${connector} was asked otherwise, or answered otherwise, than the pack says.`);
  if (
    data.listDigest !== listDigest(live) ||
    source.listDigest !== data.listDigest ||
    data.leavers !== live.length
  )
    found.wrong(`What ${connector} is said to have listed is not what the ledger has the digest of.`);
}

function checkBounds(
  { connector, live, recorded }: PopulationSource,
  start: string,
  end: string,
  found: Findings,
) {
  for (const { leftAt } of [...live, ...recorded])
    if (leftAt !== null && (toMs(leftAt) < toMs(start) || toMs(leftAt) >= toMs(end)))
      found.wrong(`${connector} names somebody who did not leave in the period.`);
  const accounts = new Set(live.map(({ account }) => account));
  const events = new Set(recorded.map(({ event }) => event));
  if (accounts.size !== live.length || events.size !== recorded.length)
    found.wrong(`${connector} names somebody twice.`);
}

/** By the record: each stands on the fact that it names. */
function checkRecorded({ connector, recorded }: PopulationSource, facts: PackFacts, found: Findings): void {
  const all = new Map([...facts.whole, ...facts.excerpts]);
  const told = new Set(recorded.map(({ event }) => event));
  // Single facts of people are here for nothing else.
  for (const [stream, single] of facts.excerpts)
    for (const fact of stream.startsWith('person:') ? single : [])
      if (fact.type === 'lifecycle.recorded' && fact.data.source === connector && !told.has(fact.key))
        found.wrong(`${connector} told of ${stream} by a fact in the pack, and is not said to have.`);
  for (const { personId, leftAt, event } of recorded) {
    const fact = (all.get(`person:${personId}`) ?? []).find(({ key }) => key === event);
    if (
      fact?.type !== 'lifecycle.recorded' ||
      fact.data.source !== connector ||
      fact.data.kind !== 'leaver' ||
      fact.data.effectiveAt !== leftAt
    )
      found.wrong(`No fact in the pack says what ${connector} is said to have told of ${personId}.`);
  }
}
