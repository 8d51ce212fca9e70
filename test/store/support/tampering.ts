/** Ways to tamper with a ledger for somebody with every right on the database: each says which check must find it. */
import { sql } from 'kysely';
import { sha256Hex } from '../../../src/ledger/canonical.ts';
import { append, EMPTY_TREE, leafHash, root } from '../../../src/ledger/merkle.ts';
import type { Database, Tx } from '../../../src/store/database.ts';
import type { LedgerCheck } from '../../../src/store/verification/findings.ts';

/** A number below `below`, from the seed of the run. */
export type Pick = (below: number) => number;

export interface Tampering {
  readonly name: string;
  /** Changes something, always. */
  readonly change: (tx: Tx, pick: Pick) => Promise<void>;
  /** Checks of which at least one must fail. */
  readonly foundBy: readonly LedgerCheck[];
}

/** What is changed is put back at the end: thrown to roll back. */
export class PutBack extends Error {}

const TRIGGERS: Readonly<Record<string, string>> = {
  facts: 'facts_insert_only',
  ledger_leaves: 'ledger_leaves_insert_only',
  ledger_nodes: 'ledger_nodes_insert_only',
  ledger_checkpoints: 'ledger_checkpoints_insert_only',
  ledger_head: 'ledger_head_grows',
};

/** As the administrator: no trigger and no constraint is in the way. */
export async function unguard(db: Database): Promise<void> {
  for (const [table, trigger] of Object.entries(TRIGGERS))
    await sql.raw(`alter table ${table} disable trigger ${trigger}`).execute(db);
  for (const statement of [
    'alter table ledger_leaves drop constraint ledger_leaves_fact_id_fkey',
    'alter table ledger_pending drop constraint ledger_pending_fact_id_fkey',
    'alter table facts drop constraint facts_stream_seq_key',
    'alter table ledger_checkpoints drop constraint ledger_checkpoints_previous_id_key',
  ])
    await sql.raw(statement).execute(db);
}

async function factAt(tx: Tx, pick: Pick) {
  const facts = await tx.selectFrom('facts').selectAll().orderBy('id').execute();
  const fact = facts[pick(facts.length)];
  if (fact === undefined) throw new Error('no fact');
  return fact;
}

function flipped(text: string, pick: Pick): string {
  const at = pick(text.length);
  const other = text[at] === 'x' ? 'y' : 'x';
  return text.slice(0, at) + other + text.slice(at + 1);
}

function flippedBytes(bytes: Buffer, pick: Pick): Buffer {
  const changed = Buffer.from(bytes);
  const at = pick(changed.length);
  changed[at] = (changed[at] ?? 0) ^ (1 << pick(8));
  return changed;
}

/** The tables of the tree, made to fit whatever the leaves are now. */
async function treeFits(tx: Tx): Promise<void> {
  const rows = await tx.selectFrom('ledger_leaves').selectAll().orderBy('leaf_index').execute();
  const tree = append(
    EMPTY_TREE,
    rows.map((row) => row.leaf_hash),
  );
  await tx.deleteFrom('ledger_nodes').execute();
  await tx
    .updateTable('ledger_head')
    .set({ size: tree.size, root: root(tree), frontier: [...tree.frontier], noded: 0 })
    .execute();
}

export const TAMPERINGS: readonly Tampering[] = [
  {
    name: 'a character of a fact is flipped',
    foundBy: ['fact-bytes'],
    async change(tx, pick) {
      const { id, canonical } = await factAt(tx, pick);
      await tx
        .updateTable('facts')
        .set({ canonical: flipped(canonical, pick) })
        .where('id', '=', id)
        .execute();
    },
  },
  {
    name: 'a fact is rewritten with its digest, and its successor and leaf are not',
    foundBy: ['leaf-of-fact'],
    async change(tx, pick) {
      const { id, canonical } = await factAt(tx, pick);
      const changed = canonical.replace('in_transit', 'delivered');
      await tx
        .updateTable('facts')
        .set({ canonical: changed, digest: sha256Hex(changed) })
        .where('id', '=', id)
        .execute();
    },
  },
  {
    name: 'a fact is rewritten with its digest, its leaf and the tree',
    foundBy: ['checkpoint-root'],
    async change(tx, pick) {
      const fact = await factAt(tx, pick);
      const changed = fact.canonical.replace('in_transit', 'delivered');
      const { id } = fact;
      await tx
        .updateTable('facts')
        .set({ canonical: changed, digest: sha256Hex(changed) })
        .where('id', '=', id)
        .execute();
      await tx
        .updateTable('ledger_leaves')
        .set({ leaf_hash: leafHash(changed) })
        .where('fact_id', '=', id)
        .execute();
      await treeFits(tx);
    },
  },
  ...(['stream', 'key', 'type', 'digest', 'body_digest'] as const).map((column): Tampering => ({
    name: `a fact’s ${column} is changed beside its bytes`,
    foundBy: column === 'digest' ? ['fact-bytes'] : ['fact-columns'],
    async change(tx, pick) {
      const fact = await factAt(tx, pick);
      await tx
        .updateTable('facts')
        .set({ [column]: flipped(fact[column], pick) })
        .where('id', '=', fact.id)
        .execute();
    },
  })),
  {
    name: 'a fact’s time is changed beside its bytes',
    foundBy: ['fact-columns'],
    async change(tx, pick) {
      const { id, at } = await factAt(tx, pick);
      const other = new Date(Date.parse(at) + 1 + pick(100_000));
      await tx.updateTable('facts').set({ at: other }).where('id', '=', id).execute();
    },
  },
  {
    name: 'a fact is dropped',
    foundBy: ['leaf-of-fact'],
    async change(tx, pick) {
      const { id } = await factAt(tx, pick);
      await tx.deleteFrom('facts').where('id', '=', id).execute();
    },
  },
  {
    name: 'a fact is dropped with its leaf',
    foundBy: ['leaf-order'],
    async change(tx, pick) {
      const { id } = await factAt(tx, (below) => pick(below - 1));
      await tx.deleteFrom('facts').where('id', '=', id).execute();
      await tx.deleteFrom('ledger_leaves').where('fact_id', '=', id).execute();
    },
  },
  {
    name: 'a fact is kept out of the tree',
    foundBy: ['leaf-of-fact'],
    async change(tx, pick) {
      const { id } = await factAt(tx, pick);
      await tx.deleteFrom('ledger_leaves').where('fact_id', '=', id).execute();
    },
  },
  {
    name: 'a fact is put in twice',
    foundBy: ['stream-chain'],
    async change(tx, pick) {
      const { id: _id, key, ...fact } = await factAt(tx, pick);
      await tx
        .insertInto('facts')
        .values({ ...fact, key: `${key}:again` })
        .execute();
    },
  },
  {
    name: 'two facts of a stream change places',
    foundBy: ['stream-chain'],
    async change(tx, pick) {
      const facts = await tx
        .selectFrom('facts')
        .selectAll()
        .where('stream', '=', `device:${pick(7)}`)
        .orderBy('seq')
        .execute();
      const at = pick(facts.length - 1);
      const [one, two] = [facts[at], facts[at + 1]];
      if (one === undefined || two === undefined) throw new Error('two facts');
      await tx.updateTable('facts').set({ seq: two.seq }).where('id', '=', one.id).execute();
      await tx.updateTable('facts').set({ seq: one.seq }).where('id', '=', two.id).execute();
    },
  },
  {
    name: 'two leaves change places',
    foundBy: ['inner-node', 'checkpoint-root', 'tree-head'],
    async change(tx, pick) {
      const size = await leafCount(tx);
      const at = pick(size - 1);
      await sql`update ledger_leaves set leaf_index = -1 where leaf_index = ${at}`.execute(tx);
      await sql`update ledger_leaves set leaf_index = ${at} where leaf_index = ${at + 1}`.execute(tx);
      await sql`update ledger_leaves set leaf_index = ${at + 1} where leaf_index = -1`.execute(tx);
    },
  },
  {
    name: 'a leaf is flipped',
    foundBy: ['leaf-of-fact'],
    async change(tx, pick) {
      const at = pick(await leafCount(tx));
      const row = await tx
        .selectFrom('ledger_leaves')
        .selectAll()
        .where('leaf_index', '=', at)
        .executeTakeFirstOrThrow();
      const hash = flippedBytes(row.leaf_hash, pick);
      await tx.updateTable('ledger_leaves').set({ leaf_hash: hash }).where('leaf_index', '=', at).execute();
    },
  },
  {
    name: 'an inner node is flipped',
    foundBy: ['inner-node'],
    async change(tx, pick) {
      const nodes = await tx
        .selectFrom('ledger_nodes')
        .selectAll()
        .orderBy('level')
        .orderBy('index')
        .execute();
      const node = nodes[pick(nodes.length)];
      if (node === undefined) throw new Error('no node');
      await tx
        .updateTable('ledger_nodes')
        .set({ hash: flippedBytes(node.hash, pick) })
        .where('level', '=', node.level)
        .where('index', '=', node.index)
        .execute();
    },
  },
  {
    name: 'an inner node is dropped',
    foundBy: ['inner-node'],
    async change(tx, pick) {
      const nodes = await tx
        .selectFrom('ledger_nodes')
        .selectAll()
        .orderBy('level')
        .orderBy('index')
        .execute();
      const node = nodes[pick(nodes.length)];
      if (node === undefined) throw new Error('no node');
      await tx
        .deleteFrom('ledger_nodes')
        .where('level', '=', node.level)
        .where('index', '=', node.index)
        .execute();
    },
  },
  {
    name: 'the end of a stream is truncated',
    foundBy: ['stream-head'],
    async change(tx, pick) {
      const stream = `device:${pick(7)}`;
      const seq = 1 + pick(3);
      await tx.deleteFrom('facts').where('stream', '=', stream).where('seq', '>', seq).execute();
    },
  },
  {
    name: 'the end of the ledger is truncated, and everything but the checkpoints made to fit',
    foundBy: ['checkpoint-root'],
    async change(tx, pick) {
      await truncateTo(tx, pick);
    },
  },
  {
    name: 'the head is flipped',
    foundBy: ['tree-head'],
    async change(tx, pick) {
      const { root: hash } = await tx.selectFrom('ledger_head').selectAll().executeTakeFirstOrThrow();
      await tx
        .updateTable('ledger_head')
        .set({ root: flippedBytes(hash, pick) })
        .execute();
    },
  },
  {
    name: 'a character of a checkpoint is flipped',
    foundBy: ['checkpoint-signature'],
    async change(tx, pick) {
      const { id, note } = await checkpointAt(tx, pick);
      await tx
        .updateTable('ledger_checkpoints')
        .set({ note: flipped(note, pick) })
        .where('id', '=', id)
        .execute();
    },
  },
  {
    name: 'what stands beside a checkpoint is changed',
    foundBy: ['checkpoint-signature'],
    async change(tx, pick) {
      const { id, size } = await checkpointAt(tx, pick);
      await tx
        .updateTable('ledger_checkpoints')
        .set({ size: size + 1 + pick(5) })
        .where('id', '=', id)
        .execute();
    },
  },
  {
    name: 'a checkpoint in the middle is dropped',
    foundBy: ['checkpoint-chain'],
    async change(tx, pick) {
      const { id } = await checkpointAt(tx, (below) => pick(below - 1));
      await tx.deleteFrom('ledger_checkpoints').where('id', '=', id).execute();
    },
  },
  {
    name: 'a proof between checkpoints is flipped',
    foundBy: ['checkpoint-chain'],
    async change(tx, pick) {
      const rows = await tx.selectFrom('ledger_checkpoints').selectAll().orderBy('id').execute();
      const withProof = rows.filter((row) => row.consistency.length > 0);
      const row = withProof[pick(withProof.length)];
      if (row === undefined) throw new Error('no proof');
      const at = pick(row.consistency.length);
      const consistency = row.consistency.with(
        at,
        flippedBytes(row.consistency[at] ?? Buffer.alloc(32), pick),
      );
      await tx.updateTable('ledger_checkpoints').set({ consistency }).where('id', '=', row.id).execute();
    },
  },
];

/** The last facts, with all that belongs to them. */
export async function truncateTo(tx: Tx, pick: Pick): Promise<void> {
  const size = 1 + pick((await leafCount(tx)) - 1);
  await sql`delete from facts where id in (select fact_id from ledger_leaves where leaf_index >= ${size})`.execute(
    tx,
  );
  await sql`delete from ledger_leaves where leaf_index >= ${size}`.execute(tx);
  await sql`delete from streams where not exists (select from facts where facts.stream = streams.stream)`.execute(
    tx,
  );
  await sql`
    update streams set (seq, digest) =
      (select seq, digest from facts where facts.stream = streams.stream order by seq desc limit 1)`.execute(
    tx,
  );
  await treeFits(tx);
}

async function leafCount(tx: Tx): Promise<number> {
  const row = await tx
    .selectFrom('ledger_leaves')
    .select((of) => of.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return row.n;
}

async function checkpointAt(tx: Tx, pick: Pick) {
  const rows = await tx.selectFrom('ledger_checkpoints').selectAll().orderBy('id').execute();
  const row = rows[pick(rows.length)];
  if (row === undefined) throw new Error('no checkpoint');
  return row;
}
