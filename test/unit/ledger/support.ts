/** A tree all of whose nodes are in memory, and the leaves that Certificate Transparency implementations test with. */
import { EMPTY_TREE, grow, leafHash } from '../../../src/ledger/merkle.ts';
import type { NodeReader } from '../../../src/ledger/proofs.ts';

export const CT_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'));

export function storedTree(leaves: readonly Uint8Array[]) {
  const hashes = leaves.map((leaf) => leafHash(leaf));
  const stored = new Map(hashes.map((hash, index) => [`0:${index}`, hash]));
  const { tree, nodes } = grow(EMPTY_TREE, hashes);
  for (const node of nodes) stored.set(`${node.level}:${node.index}`, node.hash);
  const reads: number[] = [];
  const read: NodeReader = async (ids) => {
    reads.push(ids.length);
    return ids.map(({ level, index }) => {
      const hash = stored.get(`${level}:${index}`);
      if (hash === undefined) throw new RangeError(`no node ${level}:${index}`);
      return hash;
    });
  };
  return { tree, read, reads, stored };
}

export function numbered(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => Buffer.from(`leaf ${index}`));
}
