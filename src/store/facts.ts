/** The ledger's facts: appended in the caller's transaction, insert-only, each event key once. */
import { sql } from 'kysely';
import { canonicalDigest, canonicalText, sha256Hex } from '../ledger/canonical.ts';
import type { AnyFact, NewFact } from '../domain/fact.ts';
import type { Reader, Tx } from './database.ts';

/** The same event key came again with other content: never overwritten, never ignored. */
export class FactConflict extends Error {
  override readonly name = 'FactConflict';
  readonly key: string;

  constructor(key: string) {
    super(`a fact with this key exists with another content: ${key}`);
    this.key = key;
  }
}

/**
 * Appends facts to their streams, in the given order. A fact whose key exists with the same content is passed over.
 *
 * @param now Recording time; facts of one call share it.
 * @returns The facts that were new.
 * @throws FactConflict when a key exists with another type, stream or data.
 */
export async function appendFacts(tx: Tx, facts: readonly NewFact[], now: Date): Promise<readonly AnyFact[]> {
  const added: AnyFact[] = [];
  for (const fact of facts) {
    const one = await appendFact(tx, fact, now);
    if (one !== null) added.push(one);
  }
  return added;
}

/** One statement, and one more where the stream is not locked by this transaction yet. */
async function appendFact(tx: Tx, fact: NewFact, now: Date): Promise<AnyFact | null> {
  const bodyDigest = canonicalDigest({ stream: fact.stream, type: fact.type, data: fact.data });
  const head = headsOf(tx).get(fact.stream) ?? (await lockStream(tx, fact.stream));
  const whole = {
    v: 1,
    ...pick(fact),
    seq: head.seq + 1,
    prev: head.digest === '' ? null : head.digest,
    at: now.toISOString(),
  } as AnyFact;
  const canonical = canonicalText(whole);
  const digest = sha256Hex(canonical);
  const { rows } = await sql<{ id: number }>`
    with added as (
      insert into facts (stream, seq, key, type, at, body_digest, digest, canonical)
      values (${whole.stream}, ${whole.seq}, ${whole.key}, ${whole.type}, ${whole.at}, ${bodyDigest}, ${digest}, ${canonical})
      on conflict (key) do nothing
      returning id
    ), pending as (
      insert into ledger_pending (fact_id) select id from added
    ), moved as (
      update streams set seq = ${whole.seq}, digest = ${digest} where stream = ${whole.stream} and exists (select from added)
    ) select id from added`.execute(tx);
  if (rows.length === 0) return refuseAnother(tx, fact.key, bodyDigest);
  headsOf(tx).set(fact.stream, { seq: whole.seq, digest });
  return whole;
}

/** The key exists: with this very content it is passed over. */
async function refuseAnother(tx: Tx, key: string, bodyDigest: string): Promise<null> {
  const known = await tx
    .selectFrom('facts')
    .select('body_digest')
    .where('key', '=', key)
    .executeTakeFirstOrThrow();
  if (known.body_digest !== bodyDigest) throw new FactConflict(key);
  return null;
}

/** A stream's last fact; before the first, `seq` is 0 and `digest` empty. */
interface StreamHead {
  readonly seq: number;
  readonly digest: string;
}

/**
 * The heads that a transaction holds locked: nobody else can move them, and it moves them here only, so that it need not
 * read them again. No savepoint is used anywhere: what fails ends the transaction, and with it this.
 */
const HEADS = new WeakMap<Tx, Map<string, StreamHead>>();

function headsOf(tx: Tx): Map<string, StreamHead> {
  const heads = HEADS.get(tx) ?? new Map<string, StreamHead>();
  HEADS.set(tx, heads);
  return heads;
}

/** Only these fields become part of the ledger, whatever else the caller's object carries. */
function pick({ stream, key, type, actor, data }: NewFact) {
  return { stream, key, type, actor, data };
}

/**
 * Holds the stream's head until the transaction ends, so that `seq` and `prev` have no gap and no fork. Transactions that
 * lock more than this take their locks in one order: wipe limit, case row, case stream, device stream, custody row.
 */
export async function lockStream(tx: Tx, stream: string): Promise<StreamHead> {
  const head = (await holdHead(tx, stream)) ?? (await makeHead(tx, stream));
  headsOf(tx).set(stream, head);
  return head;
}

async function holdHead(tx: Tx, stream: string): Promise<StreamHead | undefined> {
  return tx
    .selectFrom('streams')
    .select(['seq', 'digest'])
    .where('stream', '=', stream)
    .forUpdate()
    .executeTakeFirst();
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

/** A stream's facts in the order of `seq`. */
export async function readStream(db: Reader, stream: string): Promise<readonly AnyFact[]> {
  const rows = await db
    .selectFrom('facts')
    .select('canonical')
    .where('stream', '=', stream)
    .orderBy('seq')
    .execute();
  return rows.map((row) => JSON.parse(row.canonical) as AnyFact);
}

/** Several streams at once, by name; a stream without facts is an empty list. */
export async function readStreams(
  db: Reader,
  streams: readonly string[],
): Promise<ReadonlyMap<string, readonly AnyFact[]>> {
  const found = new Map<string, AnyFact[]>(streams.map((stream) => [stream, []]));
  if (streams.length === 0) return found;
  const rows = await db
    .selectFrom('facts')
    .select(['stream', 'canonical'])
    .where('stream', 'in', [...streams])
    .orderBy('stream')
    .orderBy('seq')
    .execute();
  for (const row of rows) found.get(row.stream)?.push(JSON.parse(row.canonical) as AnyFact);
  return found;
}
