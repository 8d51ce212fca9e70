/** Facts of many streams in few statements: what `appendFacts` does one by one. */
import { sql } from 'kysely';
import type { NewFact } from '../domain/fact.ts';
import type { Tx } from './database.ts';
import { FactConflict, rowOf } from './facts.ts';
import type { FactRow } from './facts.ts';
import { heldBy, lockStreams } from './held-streams.ts';
import { readStreams } from './streams.ts';
import { jsonTexts } from './texts-parameter.ts';

/**
 * Locks the facts' streams, which must exist, and appends those whose key is new. A known key is passed over whatever it was
 * appended with: the first stands. In the order of the streams' names, so that two callers never wait for each other.
 *
 * @returns The streams that have grown.
 * @throws FactConflict when a key appears at the same moment in another stream.
 */
export async function appendNew(tx: Tx, facts: readonly NewFact[], now: Date): Promise<readonly string[]> {
  const streams = [...new Set(facts.map((fact) => fact.stream))].toSorted();
  // Read before they are locked, all at once: what is known of a stream is not read again.
  await readStreams(tx, streams);
  await lockStreams(tx, streams);
  const known = await knownKeys(tx, facts);
  const rows: FactRow[] = [];
  const grown = new Set<string>();
  for (const fact of facts) {
    const head = heldBy(tx).get(fact.stream);
    if (known.has(fact.key) || head === undefined) continue;
    known.add(fact.key);
    const row = rowOf(fact, head, now);
    rows.push(row);
    grown.add(fact.stream);
    heldBy(tx).set(fact.stream, {
      ...head,
      seq: row.fact.seq,
      digest: row.digest,
      facts: head.facts === null ? null : [...head.facts, row.fact],
      grown: true,
    });
  }
  await insert(tx, rows);
  return [...grown];
}

async function knownKeys(tx: Tx, facts: readonly NewFact[]): Promise<Set<string>> {
  const { rows } = await sql<{ key: string }>`
    select key from facts where key = any(${facts.map((fact) => fact.key)})`.execute(tx);
  return new Set(rows.map((row) => row.key));
}

async function insert(tx: Tx, rows: readonly FactRow[]): Promise<void> {
  if (rows.length === 0) return;
  const last = new Map(rows.map(({ fact, digest }) => [fact.stream, { seq: fact.seq, digest }]));
  const of = <T>(pick: (row: FactRow) => T): T[] => rows.map(pick);
  const { rows: added } = await sql<{ key: string }>`
    with added as (
      insert into facts (stream, seq, key, type, at, body_digest, digest, canonical)
      select * from unnest(
        ${of(({ fact }) => fact.stream)}::text[], ${of(({ fact }) => fact.seq)}::bigint[], ${of(({ fact }) => fact.key)}::text[],
        ${of(({ fact }) => fact.type)}::text[], ${of(({ fact }) => fact.at)}::timestamptz[], ${of((row) => row.bodyDigest)}::text[],
        ${of((row) => row.digest)}::text[], ${jsonTexts(of((row) => row.canonical))}
      )
      on conflict (key) do nothing
      returning id, key
    ), pending as (
      insert into ledger_pending (fact_id) select id from added
    ), moved as (
      update streams set seq = heads.seq, digest = heads.digest
      from unnest(
        ${[...last.keys()]}::text[], ${[...last.values()].map(({ seq }) => seq)}::bigint[],
        ${[...last.values()].map(({ digest }) => digest)}::text[]
      ) as heads (stream, seq, digest)
      where streams.stream = heads.stream
    ) select key from added`.execute(tx);
  if (added.length === rows.length) return;
  const written = new Set(added.map(({ key }) => key));
  throw new FactConflict(rows.find(({ fact }) => !written.has(fact.key))?.fact.key ?? '');
}
