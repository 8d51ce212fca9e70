/** Reading streams: what is known of them is not read again. */
import { setImmediate } from 'node:timers/promises';
import { CompiledQuery, sql } from 'kysely';
import type { AnyFact } from '../domain/fact.ts';
import type { Reader, Tx } from './database.ts';
import { heldBy } from './held-streams.ts';
import type { HeldStream } from './held-streams.ts';
import { EMPTY_STREAM, knownStreams } from './known-streams.ts';
import type { KnownStream } from './known-streams.ts';

/** A stream's facts in the order of `seq`. */
export async function readStream(db: Reader, stream: string): Promise<readonly AnyFact[]> {
  const held = heldBy(db).get(stream);
  if (held === undefined) return (await readOn(db, [stream])).get(stream)?.facts ?? [];
  if (held.facts !== null) return held.facts;
  const facts = await readHeld(db, stream, held);
  heldBy(db).set(stream, { ...held, facts });
  return facts;
}

/** Several streams at once, by name; a stream without facts is an empty list. */
export async function readStreams(
  db: Reader,
  streams: readonly string[],
): Promise<ReadonlyMap<string, readonly AnyFact[]>> {
  const found = new Map<string, readonly AnyFact[]>();
  const free = streams.filter((stream) => !heldBy(db).has(stream));
  for (const [stream, { facts }] of await readOn(db, free)) found.set(stream, facts);
  for (const stream of streams) if (!found.has(stream)) found.set(stream, await readStream(db, stream));
  return found;
}

/** Streams as they are now, read for the caller alone, like `readHeldStreams`. A stream without facts is not among them. */
export async function readAside(
  db: Reader,
  streams: readonly string[],
): Promise<ReadonlyMap<string, KnownStream>> {
  return selectAfter(db, new Map(streams.map((stream) => [stream, EMPTY_STREAM])));
}

/**
 * Streams that this transaction holds, read in one statement and for itself alone: a pass over very many would push out what
 * others read again and again, and keep what nobody does.
 */
export async function readHeldStreams(
  tx: Tx,
  streams: readonly string[],
): Promise<ReadonlyMap<string, readonly AnyFact[]>> {
  const unread = streams.filter((stream) => heldBy(tx).get(stream)?.facts === null);
  const read = await readAfter(tx, new Map(unread.map((stream) => [stream, EMPTY_STREAM])));
  for (const [stream, { facts }] of read) {
    const held = heldBy(tx).get(stream);
    if (held !== undefined) heldBy(tx).set(stream, { ...held, facts });
  }
  return readStreams(tx, streams);
}

/**
 * What this transaction has appended itself may be rolled back: it is read, and not kept. What was known and does not end
 * where the locked stream does is of another past (a database that was put back), and is read anew.
 */
async function readHeld(db: Reader, stream: string, held: HeldStream): Promise<readonly AnyFact[]> {
  const memory = knownStreams(db);
  const read = async (): Promise<KnownStream> => {
    const found = held.grown
      ? await readAfter(db, new Map([[stream, memory.get(stream)]]))
      : await readOn(db, [stream]);
    return found.get(stream) ?? EMPTY_STREAM;
  };
  const known = await read();
  if (known.digest === held.digest) return known.facts;
  memory.forget(stream);
  return (await read()).facts;
}

/** Reads what is not known yet, and keeps it. */
async function readOn(db: Reader, streams: readonly string[]): Promise<ReadonlyMap<string, KnownStream>> {
  if (streams.length === 0) return new Map();
  const memory = knownStreams(db);
  const read = await readAfter(db, new Map(streams.map((stream) => [stream, memory.get(stream)])));
  for (const [stream, known] of read) memory.keep(stream, known);
  return read;
}

/** Streams that are parsed before others have their turn: what a connection has to send or has received waits meanwhile. */
const AT_ONCE = 20;

/** Reads on from what is known; from the start where what follows does not fit on it. */
async function readAfter(
  db: Reader,
  known: ReadonlyMap<string, KnownStream>,
): Promise<ReadonlyMap<string, KnownStream>> {
  if (known.size === 0) return new Map();
  const added = await selectAfter(db, known);
  const read = new Map<string, KnownStream>();
  for (const [stream, before] of known) {
    const longer = grown(before, added.get(stream) ?? EMPTY_STREAM);
    if (longer === null) knownStreams(db).forget(stream);
    const from = new Map([[stream, EMPTY_STREAM]]);
    read.set(stream, longer ?? (await readAfter(db, from)).get(stream) ?? EMPTY_STREAM);
  }
  return read;
}

async function selectAfter(
  db: Reader,
  known: ReadonlyMap<string, KnownStream>,
): Promise<ReadonlyMap<string, KnownStream>> {
  const [only] = known;
  if (only === undefined) return new Map();
  const [stream, { facts }] = only;
  if (known.size > 1) return selectOfMany(db, known);
  return new Map([[stream, await selectOfOne(db, stream, facts.length)]]);
}

interface FactRow {
  readonly canonical: string;
  readonly digest: string;
}

const AFTER = 'select canonical, digest from facts where stream = $1 and seq > $2 order by seq';

async function selectOfOne(db: Reader, stream: string, length: number): Promise<KnownStream> {
  const { rows } = await db.executeQuery<FactRow>(CompiledQuery.raw(AFTER, [stream, length]));
  const facts = rows.map((row) => JSON.parse(row.canonical) as AnyFact);
  return { facts, digest: rows.at(-1)?.digest ?? '' };
}

/** A stream with what was added to it: its canonical texts with commas between, and the last of its digests. */
interface StreamRow {
  readonly stream: string;
  readonly added: string;
  readonly digest: string;
}

/**
 * By index, stream for stream: however many facts there are, only those wanted are touched. A row for each stream: one for
 * each fact costs as much again on the way. The aggregates take the rows in the order of the innermost select.
 */
async function selectOfMany(
  db: Reader,
  known: ReadonlyMap<string, KnownStream>,
): Promise<ReadonlyMap<string, KnownStream>> {
  const lengths = [...known.values()].map(({ facts }) => facts.length);
  const { rows } = await sql<StreamRow>`
    select known.stream, after.added, after.digest
    from unnest(${[...known.keys()]}::text[], ${lengths}::bigint[]) as known (stream, length)
    cross join lateral (
      select string_agg(canonical, ',') as added, right(string_agg(digest, ''), 64) as digest
      from (
        select seq, canonical, digest from facts
        where facts.stream = known.stream and facts.seq > known.length order by seq offset 0
      ) as one
    ) as after where after.added is not null`.execute(db);
  const read = new Map<string, KnownStream>();
  for (const { stream, added, digest } of rows) {
    read.set(stream, { facts: JSON.parse(`[${added}]`) as AnyFact[], digest });
    if (read.size % AT_ONCE === 0) await setImmediate();
  }
  return read;
}

/** @returns `null` when the first of the added facts does not follow the last known one. */
function grown(before: KnownStream, added: KnownStream): KnownStream | null {
  const [first] = added.facts;
  if (first === undefined) return before;
  if (before.facts.length === 0) return added;
  if (first.prev !== before.digest) return null;
  return { facts: [...before.facts, ...added.facts], digest: added.digest };
}
