/** The ledger's facts: appended in the caller's transaction, insert-only, each event key once. */
import { CompiledQuery } from 'kysely';
import { sha256Hex } from '../ledger/canonical.ts';
import type { AnyFact, NewFact } from '../domain/fact.ts';
import type { Database, Reader, Tx } from './database.ts';
import { factTexts } from './fact-texts.ts';
import { heldBy, lockStream } from './held-streams.ts';
import type { StreamHead } from './held-streams.ts';
import { knownStreams } from './known-streams.ts';
import { readStream } from './streams.ts';
import { inTransaction } from './transactions.ts';

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
  const head = heldBy(tx).get(fact.stream) ?? (await lockStream(tx, fact.stream));
  const row = rowOf(fact, head, now);
  if (!(await insertAt(tx, head, row))) return refuseAnother(tx, fact.key, row.bodyDigest);
  const facts = head.facts === null ? null : [...head.facts, row.fact];
  heldBy(tx).set(fact.stream, { ...head, seq: row.fact.seq, digest: row.digest, facts, grown: true });
  return row.fact;
}

/**
 * Appends one fact by itself, unless its key is known: the first of a kind stands, whatever another says. One statement
 * where the stream is as this process knows it; else a transaction that locks it.
 *
 * @returns The whole stream as it is then.
 */
export async function appendOnce(db: Database, fact: NewFact, now: Date): Promise<readonly AnyFact[]> {
  const memory = knownStreams(db);
  const known = memory.get(fact.stream);
  if (known.facts.some((one) => one.key === fact.key)) return readStream(db, fact.stream);
  const head = { seq: known.facts.length, digest: known.digest };
  const row = rowOf(fact, head, now);
  if (head.seq > 0 && (await insertAt(db, head, row))) {
    const facts = [...known.facts, row.fact];
    memory.keep(fact.stream, { facts, digest: row.digest });
    return facts;
  }
  return inTransaction(db, async (tx) => {
    await lockStream(tx, fact.stream);
    const facts = await readStream(tx, fact.stream);
    if (!facts.some((one) => one.key === fact.key)) await appendFact(tx, fact, now);
    return readStream(tx, fact.stream);
  });
}

/** A fact as it is written behind a stream's head. */
export interface FactRow {
  readonly fact: AnyFact;
  readonly canonical: string;
  readonly digest: string;
  /** Of what its key stands for: place and time left out. */
  readonly bodyDigest: string;
}

/** A fact with its place behind `head`. */
export function rowOf(fact: NewFact, head: StreamHead, now: Date): FactRow {
  const whole = {
    v: 1,
    ...pick(fact),
    seq: head.seq + 1,
    prev: head.digest === '' ? null : head.digest,
    at: now.toISOString(),
  } as AnyFact;
  const { canonical, body } = factTexts(whole);
  return { fact: whole, canonical, digest: sha256Hex(canonical), bodyDigest: sha256Hex(body) };
}

/** A ready text: this is asked more than anything else, and building it would cost as much as asking it. */
const INSERT = `
  with head as (
    select from streams where stream = $1 and seq = $2 and digest = $3 for update
  ), added as (
    insert into facts (stream, seq, key, type, at, body_digest, digest, canonical)
    select $1, $4::bigint, $5, $6, $7::timestamptz, $8, $9, $10 from head
    on conflict (key) do nothing
    returning id
  ), pending as (
    insert into ledger_pending (fact_id) select id from added
  ), moved as (
    update streams set seq = $4::bigint, digest = $9 where stream = $1 and exists (select from added)
  ) select id from added`;

/** @returns `false`, and nothing is written, when the stream does not end at `head` any more or the key exists. */
async function insertAt(db: Reader, head: StreamHead, row: FactRow): Promise<boolean> {
  const { stream, seq, key, type, at } = row.fact;
  const values = [
    stream,
    head.seq,
    head.digest,
    seq,
    key,
    type,
    at,
    row.bodyDigest,
    row.digest,
    row.canonical,
  ];
  const { rows } = await db.executeQuery(CompiledQuery.raw(INSERT, values));
  return rows.length > 0;
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

/** Only these fields become part of the ledger, whatever else the caller's object carries. */
function pick({ stream, key, type, actor, data }: NewFact) {
  return { stream, key, type, actor, data };
}
