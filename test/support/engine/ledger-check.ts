/** Whether the ledger is whole: every fact once, in streams without gap or fork, sequenced into one tree. */
import { sql } from 'kysely';
import { canonicalDigest, sha256Hex } from '../../../src/ledger/canonical.ts';
import { append, EMPTY_TREE, leafHash, root } from '../../../src/ledger/merkle.ts';
import { readSnapshot } from './snapshot.ts';
import { eventually } from './eventually.ts';
import type { Engine } from './start-engine.ts';

/** Waits until the sequencer has taken every fact. */
export async function sequenced(engine: Engine): Promise<void> {
  await eventually('the sequencer', async () => {
    const { rows } = await sql<{ waiting: number }>`select count(*) as waiting from ledger_pending`.execute(
      engine.db,
    );
    return Number(rows[0]?.waiting) === 0;
  });
}

/** What is wrong with the ledger; empty when nothing is. */
export async function ledgerTroubles(engine: Engine): Promise<readonly string[]> {
  await sequenced(engine);
  const { facts, leaves, head, streams, pending } = await readSnapshot(engine.db);
  return [
    ...(pending === 0 ? [] : [`${pending} facts wait`]),
    ...streamTroubles(facts, streams),
    ...leafTroubles(facts, leaves, head),
  ];
}

type Snapshot = Awaited<ReturnType<typeof readSnapshot>>;

function streamTroubles(facts: Snapshot['facts'], streams: Snapshot['streams']): readonly string[] {
  const troubles: string[] = [];
  const heads = new Map<string, { seq: number; digest: string }>();
  for (const fact of facts) {
    const before = heads.get(fact.stream) ?? { seq: 0, digest: null };
    const whole = JSON.parse(fact.canonical) as Record<string, unknown>;
    if (fact.seq !== before.seq + 1 || whole['seq'] !== fact.seq)
      troubles.push(`${fact.stream} has a gap before ${fact.seq}`);
    if (whole['prev'] !== before.digest) troubles.push(`${fact.stream} is forked at ${fact.seq}`);
    if (sha256Hex(fact.canonical) !== fact.digest) troubles.push(`${fact.key} has another digest`);
    const { stream, type, data } = whole;
    if (canonicalDigest({ stream, type, data }) !== fact.body_digest)
      troubles.push(`${fact.key} has another body digest`);
    heads.set(fact.stream, { seq: fact.seq, digest: fact.digest });
  }
  for (const { stream, seq, digest } of streams) {
    const last = heads.get(stream) ?? { seq: 0, digest: '' };
    if (last.seq !== seq || last.digest !== digest)
      troubles.push(`the head of ${stream} is not its last fact`);
  }
  return troubles;
}

function leafTroubles(
  facts: Snapshot['facts'],
  leaves: Snapshot['leaves'],
  head: Snapshot['head'],
): readonly string[] {
  const troubles: string[] = [];
  const byId = new Map(facts.map((fact) => [fact.id, fact]));
  if (leaves.length !== facts.length) troubles.push(`${facts.length} facts, ${leaves.length} leaves`);
  leaves.forEach((leaf, index) => {
    if (leaf.leaf_index !== index) troubles.push(`no leaf ${index}`);
    const fact = byId.get(leaf.fact_id);
    if (fact === undefined || !leafHash(fact.canonical).equals(leaf.leaf_hash))
      troubles.push(`leaf ${index} is not its fact`);
  });
  const tree = append(
    EMPTY_TREE,
    facts.length === 0 ? [] : leaves.map((leaf) => leafHash(byId.get(leaf.fact_id)?.canonical ?? '')),
  );
  if (tree.size !== head.size || !root(tree).equals(head.root))
    troubles.push('the root is not the root of the leaves');
  return troubles;
}
