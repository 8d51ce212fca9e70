/**
 * Check `streams`: numbered without a gap, chained by digest, in the ledger's order, and as long as their closing facts say. Of
 * excerpts, which have gaps, what is there: in order, and chained where two follow each other.
 */
import type { AnyFact } from '../../../domain/fact.ts';
import type { Manifest } from '../manifest.ts';
import type { Streams } from '../related-streams.ts';
import type { PackEvent } from './events.ts';
import { counted, Findings } from './report.ts';
import type { CheckResult } from './report.ts';

/** @returns Each stream's facts in the order of `seq`; `excerpts` are the streams that are not whole. */
export function checkStreams(
  events: readonly PackEvent[],
  manifest: Manifest,
): { readonly streams: Streams; readonly excerpts: Streams; readonly result: CheckResult } {
  const found = new Findings();
  const streams = new Map<string, readonly AnyFact[]>();
  const excerpts = new Map<string, readonly AnyFact[]>();
  const listedExcerpts = new Map((manifest.excerpts ?? []).map((one) => [one.stream, one.facts]));
  if (listedExcerpts.size !== (manifest.excerpts?.length ?? 0))
    found.wrong('The manifest lists an excerpt twice.');
  if (manifest.subject.kind !== 'period' && manifest.excerpts !== undefined)
    found.wrong('Only the pack of a period holds single facts of streams.');
  const listedStreams = new Map(manifest.streams.map((one) => [one.stream, one]));
  if (listedStreams.size !== manifest.streams.length) found.wrong('The manifest lists a stream twice.');
  for (const [stream, own] of Map.groupBy(events, ({ fact }) => fact.stream)) {
    const ordered = own.toSorted((a, b) => a.fact.seq - b.fact.seq);
    const told = listedExcerpts.get(stream);
    if (told !== undefined) {
      excerpts.set(
        stream,
        ordered.map(({ fact }) => fact),
      );
      checkExcerpt(stream, ordered, found);
      if (told !== ordered.length) found.wrong(`${stream} has not as many facts here as the manifest says.`);
      if (listedStreams.has(stream)) found.wrong(`${stream} is listed as whole and as an excerpt.`);
      continue;
    }
    streams.set(
      stream,
      ordered.map(({ fact }) => fact),
    );
    checkChain(stream, ordered, found);
    const whole = listedStreams.get(stream);
    if (whole === undefined) found.wrong(`${stream} is not listed in the manifest.`);
    else if (whole.facts !== ordered.length || whole.head !== ordered.at(-1)?.digest)
      found.wrong(`${stream} does not end where the manifest says: a fact at its end was left out or added.`);
  }
  for (const stream of listedStreams.keys())
    if (!streams.has(stream)) found.wrong(`${stream} is listed in the manifest and has no event.`);
  for (const stream of listedExcerpts.keys())
    if (!excerpts.has(stream)) found.wrong(`${stream} is listed in the manifest and has no event.`);
  const parts = excerpts.size === 0 ? '' : `, ${counted(excerpts.size, 'excerpt')}`;
  found.looked = `${counted(streams.size, 'stream')}${parts}`;
  return { streams, excerpts, result: found.result('streams') };
}

function checkExcerpt(stream: string, ordered: readonly PackEvent[], found: Findings): void {
  let before: PackEvent | null = null;
  for (const event of ordered) {
    const { fact, path } = event;
    if (before !== null && before.fact.seq === fact.seq)
      found.wrong(`${stream} has number ${fact.seq} twice (${path}).`);
    else if ((before?.fact.seq ?? 0) + 1 === fact.seq && fact.prev !== (before?.digest ?? null))
      found.wrong(`${path} does not follow the fact before it in ${stream}: its chain is broken.`);
    checkPlace(stream, event, before, found);
    before = event;
  }
}

function checkChain(stream: string, ordered: readonly PackEvent[], found: Findings): void {
  let before: PackEvent | null = null;
  for (const event of ordered) {
    const { fact, path } = event;
    if (fact.seq !== (before?.fact.seq ?? 0) + 1)
      found.wrong(`${stream} has a gap or a double before number ${fact.seq} (${path}).`);
    else if (fact.prev !== (before?.digest ?? null))
      found.wrong(`${path} does not follow the fact before it in ${stream}: its chain is broken.`);
    checkPlace(stream, event, before, found);
    before = event;
  }
}

function checkPlace(stream: string, event: PackEvent, before: PackEvent | null, found: Findings): void {
  const { fact, path } = event;
  if (before !== null && before.index >= event.index)
    found.wrong(`${path} stands in the ledger before the one that it follows.`);
  if ((fact.type === 'case.completed' || fact.type === 'custody.closed') && fact.data.factCount !== fact.seq)
    found.wrong(
      `${path} closes ${stream} after ${String(fact.data.factCount)} facts, and is number ${fact.seq}.`,
    );
}
