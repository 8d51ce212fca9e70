/**
 * Gives committed facts their place in the one Merkle tree of the installation: gap-free, each fact once, in batches. Ids
 * commit out of order, so what waits stands in `ledger_pending`, written with the fact and taken here.
 */
import { sql } from 'kysely';
import { append, leafHash, root } from '../ledger/merkle.ts';
import type { Database, Tx } from './database.ts';
import { inTransaction } from './transactions.ts';

/** Any 64-bit number that nothing else locks: who holds it is the one sequencer. */
const SEQUENCER_LOCK = 7_265_901;

/**
 * Sequences one batch.
 *
 * @returns How many leaves were added; `null` when another process is sequencing.
 */
export async function sequenceBatch(db: Database, limit = 1_000): Promise<number | null> {
  return inTransaction(db, async (tx) => {
    const { rows } = await sql<{
      locked: boolean;
    }>`select pg_try_advisory_xact_lock(${SEQUENCER_LOCK}) as locked`.execute(tx);
    return rows[0]?.locked === true ? addLeaves(tx, limit) : null;
  });
}

async function addLeaves(tx: Tx, limit: number): Promise<number> {
  const { rows: taken } = await sql<{ fact_id: number }>`
    delete from ledger_pending where fact_id in (select fact_id from ledger_pending order by fact_id limit ${limit})
    returning fact_id`.execute(tx);
  if (taken.length === 0) return 0;
  const { rows: facts } = await sql<{ id: number; canonical: string }>`
    select id, canonical from facts where id = any(${taken.map((one) => one.fact_id)}::bigint[]) order by id`.execute(
    tx,
  );
  const head = await tx
    .selectFrom('ledger_head')
    .select(['size', 'frontier'])
    .forUpdate()
    .executeTakeFirstOrThrow();
  const hashes = facts.map((fact) => leafHash(fact.canonical));
  const tree = append(head, hashes);
  const ids = facts.map((fact) => fact.id);
  await sql`
    insert into ledger_leaves (leaf_index, fact_id, leaf_hash)
    select ${head.size}::bigint + place - 1, fact_id, leaf_hash
    from unnest(${ids}::bigint[], ${hashes}::bytea[]) with ordinality as leaves (fact_id, leaf_hash, place)`.execute(
    tx,
  );
  await tx
    .updateTable('ledger_head')
    .set({ size: tree.size, frontier: [...tree.frontier], root: root(tree), updated_at: sql`now()` })
    .execute();
  return facts.length;
}
