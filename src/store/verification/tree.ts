/** The tree, grown again from its leaves, held against its nodes, its head and every checkpoint at the size that it names. */
import { sql } from 'kysely';
import { EMPTY_TREE, grow, root } from '../../ledger/merkle.ts';
import type { InnerNode, Tree } from '../../ledger/merkle.ts';
import type { Tx } from '../database.ts';
import { cursor } from '../cursor.ts';
import type { Findings, LedgerCheck } from './findings.ts';

/** A head that the tree must have had. */
export interface ExpectedHead {
  readonly size: number;
  readonly root: Buffer;
  readonly check: Extract<LedgerCheck, 'checkpoint-root' | 'outside-root'>;
  /** Which, for a sentence. */
  readonly name: string;
}

/** Expected heads by size, the smallest first. */
export type HeadSource = AsyncGenerator<ExpectedHead>;

interface Leaf {
  readonly leaf_index: number;
  readonly leaf_hash: Buffer;
}

/** @returns Size and root of the leaves that are there. */
export async function checkTree(
  tx: Tx,
  expected: HeadSource,
  findings: Findings,
): Promise<{ readonly size: number; readonly root: Buffer }> {
  const { noded } = await tx.selectFrom('ledger_head').select('noded').executeTakeFirstOrThrow();
  let tree: Tree = EMPTY_TREE;
  let next = await nextOf(expected);
  const meet = async (): Promise<void> => {
    while (next !== null && next.size <= tree.size) {
      if (next.size === tree.size && !root(tree).equals(next.root))
        findings.add(next.check, `${next.name}: the first ${next.size} facts are not those that were signed`);
      next = await nextOf(expected);
    }
  };
  await meet();
  const select = 'select leaf_index, leaf_hash from ledger_leaves order by leaf_index';
  for await (const leaves of cursor<Leaf>(tx, 'ledger_tree', select)) {
    const nodes: InnerNode[] = [];
    let from = 0;
    while (from < leaves.length) {
      // Up to the next size that somebody signed, so that the root is looked at there and nowhere else.
      const to = Math.min(leaves.length, next === null ? leaves.length : from + next.size - tree.size);
      const part = leaves.slice(from, to);
      part.forEach((leaf, place) => {
        if (leaf.leaf_index !== tree.size + place)
          findings.add('leaf-order', `leaf ${leaf.leaf_index} is at place ${tree.size + place}`);
      });
      const grown = grow(
        tree,
        part.map((leaf) => leaf.leaf_hash),
      );
      nodes.push(...grown.nodes);
      tree = grown.tree;
      from = to;
      await meet();
    }
    await checkNodes(tx, nodes, noded, findings);
  }
  for (; next !== null; next = await nextOf(expected))
    findings.add(
      next.check === 'outside-root' ? 'outside-rollback' : next.check,
      `${next.name} is of ${next.size} facts, the ledger has ${tree.size}: it was rolled back`,
    );
  await checkHead(tx, tree, findings);
  await checkNodeCount(tx, noded, findings);
  return { size: tree.size, root: root(tree) };
}

async function nextOf(expected: HeadSource): Promise<ExpectedHead | null> {
  const { value, done } = await expected.next();
  return done === true ? null : (value ?? null);
}

async function checkNodes(
  tx: Tx,
  nodes: readonly InnerNode[],
  noded: number,
  findings: Findings,
): Promise<void> {
  const due = nodes.filter(({ level, index }) => (index + 1) * 2 ** level <= noded);
  const levels = due.map((one) => one.level);
  const indexes = due.map((one) => one.index);
  // One value of all hashes: as a list of thousands they would be spelled out one by one.
  const hashes = Buffer.concat(due.map((one) => one.hash));
  const { rows } = await sql<{ level: number; index: number }>`
    select due.level, due.index
    from unnest(${levels}::smallint[], ${indexes}::bigint[]) with ordinality as due (level, index, place)
    where (select hash from ledger_nodes kept where kept.level = due.level and kept.index = due.index)
      is distinct from substring(${hashes}::bytea from ((due.place - 1) * 32 + 1)::int for 32)`.execute(tx);
  for (const { level, index } of rows)
    findings.add('inner-node', `node ${level}:${index} is missing or not the one of its leaves`);
}

/** A tree of n leaves has n minus its one-bits inner nodes. */
async function checkNodeCount(tx: Tx, noded: number, findings: Findings): Promise<void> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from ledger_nodes`.execute(tx);
  const ones = noded.toString(2).replaceAll('0', '').length;
  if (rows[0]?.count !== noded - ones)
    findings.add('inner-node', `there are ${rows[0]?.count} inner nodes for ${noded} leaves`);
}

async function checkHead(tx: Tx, tree: Tree, findings: Findings): Promise<void> {
  const head = await tx.selectFrom('ledger_head').selectAll().executeTakeFirstOrThrow();
  const frontier =
    tree.frontier.length === head.frontier.length &&
    tree.frontier.every((hash, place) => hash.equals(head.frontier[place] ?? Buffer.of()));
  if (head.size !== tree.size || !head.root.equals(root(tree)) || !frontier)
    findings.add(
      'tree-head',
      `the head says ${head.size} leaves; the ${tree.size} that are there have another root`,
    );
}
