/**
 * Gives committed facts their place in the one Merkle tree of the installation: gap-free, each fact once, in batches, with the
 * inner nodes that proofs are made from. Ids
 * commit out of order, so what waits stands in `ledger_pending`, written with the fact and taken here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { grow, leafHash, root } from '../ledger/merkle.ts';
import type { Database, Tx } from './database.ts';
import { addNodes, completeNodes } from './ledger-nodes.ts';
import { inTransaction } from './transactions.ts';

/** Any 64-bit number that nothing else locks: who holds it is the one sequencer. */
const SEQUENCER_LOCK = 7_265_901;

/** As many facts in one transaction. */
const BATCH = 1_000;
/** How long somebody else's batch is waited for, milliseconds. */
const PATIENCE_MS = 30_000;

/** Facts waited too long for their place in the ledger. */
export class SequencerBusy extends Error {
  override readonly name = 'SequencerBusy';
}

/**
 * Sequences everything that was committed before the call, whoever else is sequencing.
 *
 * @throws SequencerBusy when it does not come to an end within half a minute.
 */
export async function sequencePending(db: Database): Promise<void> {
  const last = await lastPending(db);
  const deadline = performance.now() + PATIENCE_MS;
  if (last === null) return;
  while (await isPending(db, last)) {
    const added = await sequenceBatch(db, BATCH);
    if (performance.now() > deadline) throw new SequencerBusy('the ledger is too far behind its facts');
    if (added === null) await sleep(20);
  }
}

async function lastPending(db: Database): Promise<number | null> {
  const row = await db
    .selectFrom('ledger_pending')
    .select((of) => of.fn.max('fact_id').as('id'))
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Whether any fact up to this one waits: those of its time that commit later belong to the next. */
async function isPending(db: Database, last: number): Promise<boolean> {
  const row = await db
    .selectFrom('ledger_pending')
    .select('fact_id')
    .where('fact_id', '<=', last)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Sequences one batch.
 *
 * @returns How many leaves were added; `null` when another process is sequencing.
 */
export async function sequenceBatch(db: Database, limit = BATCH): Promise<number | null> {
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
    .select(['size', 'frontier', 'noded'])
    .forUpdate()
    .executeTakeFirstOrThrow();
  const hashes = facts.map((fact) => leafHash(fact.canonical));
  const { tree, nodes } = grow(head, hashes);
  const ids = facts.map((fact) => fact.id);
  await sql`
    insert into ledger_leaves (leaf_index, fact_id, leaf_hash)
    select ${head.size}::bigint + place - 1, fact_id, leaf_hash
    from unnest(${ids}::bigint[], ${hashes}::bytea[]) with ordinality as leaves (fact_id, leaf_hash, place)`.execute(
    tx,
  );
  await completeNodes(tx, head);
  await addNodes(tx, nodes);
  await tx
    .updateTable('ledger_head')
    .set({
      size: tree.size,
      frontier: [...tree.frontier],
      root: root(tree),
      noded: tree.size,
      updated_at: sql`now()`,
    })
    .execute();
  return facts.length;
}
