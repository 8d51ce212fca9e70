/** A ledger in memory: streams chained as the store chains them, and one tree over all of them. */
import type { FactData, FactType } from '../../../src/domain/fact-types.ts';
import type { AnyFact } from '../../../src/domain/fact.ts';
import { canonicalText, sha256Hex } from '../../../src/ledger/canonical.ts';
import { readCheckpointUnverified, signCheckpoint } from '../../../src/ledger/checkpoint.ts';
import type { Signer } from '../../../src/ledger/keys.ts';
import { EMPTY_TREE, grow, leafHash, root } from '../../../src/ledger/merkle.ts';
import type { ProvenEvent } from '../../../src/ledger/pack/build.ts';
import { consistencyProof, inclusionProof } from '../../../src/ledger/proofs.ts';
import type { NodeReader } from '../../../src/ledger/proofs.ts';

export const ORIGIN = 'test.example/ledger';

interface Leaf {
  readonly fact: AnyFact;
  readonly canonical: string;
}

export class SmallLedger {
  readonly leaves: Leaf[] = [];

  /** Appends a fact to its stream; its key is of its stream and number. */
  add<T extends FactType>(stream: string, type: T, data: FactData[T], at: string): AnyFact {
    const before = this.leaves.findLast((leaf) => leaf.fact.stream === stream);
    const seq = (before?.fact.seq ?? 0) + 1;
    const fact = {
      v: 1,
      stream,
      key: `${type}:${stream}:${seq}`,
      type,
      actor: 'handback',
      data,
      seq,
      prev: before === undefined ? null : sha256Hex(before.canonical),
      at,
    } as unknown as AnyFact;
    this.leaves.push({ fact, canonical: canonicalText(fact) });
    return fact;
  }

  /** A signed checkpoint over the first `size` facts. */
  async checkpoint(signer: Signer, size = this.leaves.length) {
    const { tree } = this.tree(size);
    const note = await signCheckpoint({ origin: ORIGIN, size, root: root(tree) }, [signer]);
    return { note, head: readCheckpointUnverified(note) };
  }

  /** The facts of these streams with their proofs in the tree of that size. */
  async events(streams: ReadonlySet<string>, size = this.leaves.length): Promise<readonly ProvenEvent[]> {
    const { read } = this.tree(size);
    const events: ProvenEvent[] = [];
    for (const [index, { fact, canonical }] of this.leaves.slice(0, size).entries())
      if (streams.has(fact.stream))
        events.push({ index, canonical, fact, hashes: await inclusionProof(index, size, read) });
    return events;
  }

  async consistency(size: number, to = this.leaves.length) {
    return { size, hashes: await consistencyProof(size, to, this.tree(to).read) };
  }

  private tree(size: number) {
    const hashes = this.leaves.slice(0, size).map(({ canonical }) => leafHash(canonical));
    const nodes = new Map(hashes.map((hash, index) => [`0:${index}`, hash]));
    const grown = grow(EMPTY_TREE, hashes);
    for (const { level, index, hash } of grown.nodes) nodes.set(`${level}:${index}`, hash);
    const read: NodeReader = async (ids) =>
      ids.map(({ level, index }) => nodes.get(`${level}:${index}`) ?? Buffer.alloc(32));
    return { tree: grown.tree, read };
  }
}
