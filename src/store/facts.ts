/** The ledger's facts: appended in the caller's transaction, insert-only, each event key once. */
import { sql } from 'kysely';
import { canonicalDigest, canonicalText, sha256Hex } from '../ledger/canonical.ts';
import type { AnyFact, NewFact } from '../domain/fact.ts';
import type { Tx } from './database.ts';
import { heldBy, lockStream } from './held-streams.ts';

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
  const head = heldBy(tx).get(fact.stream) ?? (await lockStream(tx, fact.stream));
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
  const facts = head.facts === null ? null : [...head.facts, whole];
  heldBy(tx).set(fact.stream, { seq: whole.seq, digest, facts, grown: true });
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

/** Only these fields become part of the ledger, whatever else the caller's object carries. */
function pick({ stream, key, type, actor, data }: NewFact) {
  return { stream, key, type, actor, data };
}
