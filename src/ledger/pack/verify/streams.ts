/** Check `streams`: numbered without a gap, chained by digest, in the ledger's order, and as long as their closing facts say. */
import type { AnyFact } from '../../../domain/fact.ts';
import type { Manifest } from '../manifest.ts';
import type { Streams } from '../related-streams.ts';
import type { PackEvent } from './events.ts';
import { counted, Findings } from './report.ts';
import type { CheckResult } from './report.ts';

/** @returns Each stream's facts in the order of `seq`. */
export function checkStreams(
  events: readonly PackEvent[],
  manifest: Manifest,
): { readonly streams: Streams; readonly result: CheckResult } {
  const found = new Findings();
  const streams = new Map<string, readonly AnyFact[]>();
  const listedStreams = new Map(manifest.streams.map((one) => [one.stream, one]));
  if (listedStreams.size !== manifest.streams.length) found.wrong('The manifest lists a stream twice.');
  for (const [stream, own] of Map.groupBy(events, ({ fact }) => fact.stream)) {
    const ordered = own.toSorted((a, b) => a.fact.seq - b.fact.seq);
    streams.set(
      stream,
      ordered.map(({ fact }) => fact),
    );
    checkChain(stream, ordered, found);
    const told = listedStreams.get(stream);
    if (told === undefined) found.wrong(`${stream} is not listed in the manifest.`);
    else if (told.facts !== ordered.length || told.head !== ordered.at(-1)?.digest)
      found.wrong(`${stream} does not end where the manifest says: a fact at its end was left out or added.`);
  }
  for (const stream of listedStreams.keys())
    if (!streams.has(stream)) found.wrong(`${stream} is listed in the manifest and has no event.`);
  found.looked = counted(streams.size, 'stream');
  return { streams, result: found.result('streams') };
}

function checkChain(stream: string, ordered: readonly PackEvent[], found: Findings): void {
  let before: PackEvent | null = null;
  for (const event of ordered) {
    const { fact, path } = event;
    if (fact.seq !== (before?.fact.seq ?? 0) + 1)
      found.wrong(`${stream} has a gap or a double before number ${fact.seq} (${path}).`);
    else if (fact.prev !== (before?.digest ?? null))
      found.wrong(`${path} does not follow the fact before it in ${stream}: its chain is broken.`);
    if (before !== null && before.index >= event.index)
      found.wrong(`${path} stands in the ledger before the one that it follows.`);
    if (
      (fact.type === 'case.completed' || fact.type === 'custody.closed') &&
      fact.data.factCount !== fact.seq
    )
      found.wrong(
        `${path} closes ${stream} after ${String(fact.data.factCount)} facts, and is number ${fact.seq}.`,
      );
    before = event;
  }
}
