/** Streams that a transaction holds: where they end, and what it has read and appended of them. */
import { CompiledQuery, sql } from 'kysely';
import type { AnyFact } from '../domain/fact.ts';
import type { Reader, Tx } from './database.ts';
import { knownStreams } from './known-streams.ts';
import type { KnownStream } from './known-streams.ts';

/** A stream's last fact; before the first, `seq` is 0 and `digest` empty. */
export interface StreamHead {
  readonly seq: number;
  readonly digest: string;
}

/** A stream that a transaction holds locked. */
export interface HeldStream extends StreamHead {
  /** As far as this transaction has read it; what it appends is added. */
  readonly facts: readonly AnyFact[] | null;
  /** Whether this transaction has appended to it: what it then reads may be rolled back. */
  readonly grown: boolean;
  /** How many facts it had when it was locked. */
  readonly lockedAt: number;
}

/**
 * The streams that a transaction holds locked: nobody else can move them, and it moves them here only, so that it need not
 * read them again. No savepoint is used anywhere: what fails ends the transaction, and with it this.
 */
const HELD = new WeakMap<Reader, Map<string, HeldStream>>();

export function heldBy(tx: Reader): Map<string, HeldStream> {
  const held = HELD.get(tx) ?? new Map<string, HeldStream>();
  HELD.set(tx, held);
  return held;
}

/**
 * Holds the stream's head until the transaction ends, so that `seq` and `prev` have no gap and no fork. Transactions that
 * lock more than this take their locks in one order: wipe limit, case row, case stream, device stream, custody row.
 */
export async function lockStream(tx: Tx, stream: string): Promise<HeldStream> {
  const known = heldBy(tx).get(stream);
  if (known !== undefined) return known;
  return hold(tx, stream, (await holdHead(tx, stream)) ?? (await makeHead(tx, stream)));
}

function hold(
  tx: Tx,
  stream: string,
  head: StreamHead,
  before: KnownStream = knownStreams(tx).get(stream),
): HeldStream {
  const isWhole = before.facts.length === head.seq && before.digest === head.digest;
  const held = {
    ...head,
    facts: isWhole ? before.facts : null,
    grown: false,
    lockedAt: head.seq,
  };
  heldBy(tx).set(stream, held);
  return held;
}

/**
 * Holds many streams that exist, in the order of their names.
 *
 * @param read What the caller has read of them, which stands where nothing was added since.
 * @throws Error when one does not exist
 */
export async function lockStreams(
  tx: Tx,
  streams: readonly string[],
  read: ReadonlyMap<string, KnownStream> = new Map(),
): Promise<void> {
  const wanted = [...new Set(streams)].filter((stream) => !heldBy(tx).has(stream));
  if (wanted.length === 0) return;
  const { rows } = await sql<StreamHead & { readonly stream: string }>`
    select stream, seq, digest from streams where stream = any(${wanted}) order by stream for update`.execute(
    tx,
  );
  if (rows.length !== wanted.length) throw new Error('a stream does not exist');
  for (const { stream, seq, digest } of rows) hold(tx, stream, { seq, digest }, read.get(stream));
}

/** Forgets what was read of streams and keeps them held: a transaction over very many would hold too much. */
export function dropRead(tx: Tx, streams: readonly string[]): void {
  for (const stream of streams) {
    const held = heldBy(tx).get(stream);
    if (held !== undefined) heldBy(tx).set(stream, { ...held, facts: null });
  }
}

const HOLD = 'select seq, digest from streams where stream = $1 for update';

async function holdHead(tx: Tx, stream: string): Promise<StreamHead | undefined> {
  const { rows } = await tx.executeQuery<StreamHead>(CompiledQuery.raw(HOLD, [stream]));
  return rows[0];
}

/** The first to use a stream makes its head; one that another makes at this moment is waited for, and held as it is then. */
async function makeHead(tx: Tx, stream: string): Promise<StreamHead> {
  const { rows } = await sql<StreamHead>`
    insert into streams (stream, seq, digest) values (${stream}, 0, '')
    on conflict (stream) do update set stream = excluded.stream
    returning seq, digest`.execute(tx);
  const [head] = rows;
  if (head === undefined) throw new Error('the stream has no head');
  return head;
}
