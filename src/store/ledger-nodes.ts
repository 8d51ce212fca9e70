/** Inner nodes of the Merkle tree, kept so that a proof takes as many reads as the tree has levels. */
import { sql } from 'kysely';
import { grow } from '../ledger/merkle.ts';
import type { InnerNode } from '../ledger/merkle.ts';
import { treeAt } from '../ledger/proofs.ts';
import type { NodeReader } from '../ledger/proofs.ts';
import type { Reader, Tx } from './database.ts';

/** A node that should be stored is not: the tables were changed from outside. */
export class NodeMissing extends Error {
  override readonly name = 'NodeMissing';
}

const CHUNK = 10_000;

/** Reads nodes by index, all of one proof in one statement. @throws NodeMissing */
export function storedNodes(db: Reader): NodeReader {
  return async (ids) => {
    const { rows } = await sql<{ hash: Buffer | null }>`
      select case when level = 0
        then (select leaf_hash from ledger_leaves where leaf_index = asked.index)
        else (select hash from ledger_nodes where level = asked.level and index = asked.index)
      end as hash
      from unnest(${ids.map(({ level }) => level)}::smallint[], ${ids.map(({ index }) => index)}::bigint[])
        with ordinality as asked (level, index, place)
      order by place`.execute(db);
    return rows.map(({ hash }, place) => {
      if (hash === null) throw new NodeMissing(`no node ${ids[place]?.level}:${ids[place]?.index}`);
      return hash;
    });
  };
}

export async function addNodes(tx: Tx, nodes: readonly InnerNode[]): Promise<void> {
  if (nodes.length === 0) return;
  const [levels, indexes, hashes] = [
    nodes.map(({ level }) => level),
    nodes.map(({ index }) => index),
    nodes.map(({ hash }) => hash),
  ];
  await sql`
    insert into ledger_nodes (level, index, hash)
    select * from unnest(${levels}::smallint[], ${indexes}::bigint[], ${hashes}::bytea[])`.execute(tx);
}

/** Makes up for leaves that were added without their nodes, by a version that kept none. */
export async function completeNodes(
  tx: Tx,
  head: { readonly size: number; readonly noded: number },
): Promise<void> {
  if (head.noded === head.size) return;
  let tree = await treeAt(head.noded, storedNodes(tx));
  while (tree.size < head.size) {
    const { rows } = await sql<{ leaf_hash: Buffer }>`
      select leaf_hash from ledger_leaves where leaf_index >= ${tree.size}::bigint and leaf_index < ${head.size}::bigint
      order by leaf_index limit ${CHUNK}`.execute(tx);
    if (rows.length === 0) throw new NodeMissing(`no leaf ${tree.size}`);
    const grown = grow(
      tree,
      rows.map((row) => row.leaf_hash),
    );
    await addNodes(tx, grown.nodes);
    tree = grown.tree;
  }
}
