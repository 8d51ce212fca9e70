/**
 * Proofs over the Merkle tree, made from stored nodes: that a leaf is in it (RFC 6962 §2.1.1), and that a smaller tree is the
 * beginning of a larger one (§2.1.2). What is made here is checked by the separate code of `proof-checks.ts`.
 */
import { nodeHash } from './merkle.ts';
import type { NodeId, Tree } from './merkle.ts';

/** Hashes of perfect subtrees in the order asked for; it throws where one is not there. */
export type NodeReader = (ids: readonly NodeId[]) => Promise<readonly Uint8Array[]>;

/**
 * Proof of inclusion, from the leaf's sibling up. At most two nodes are read per level of the tree, all at once.
 *
 * @param index Of the leaf, from 0.
 * @param size Of the tree that the proof is for; the tree behind `read` may be larger.
 * @throws RangeError when the leaf is not below `size`.
 */
export async function inclusionProof(index: number, size: number, read: NodeReader): Promise<Buffer[]> {
  if (!isSize(size) || !isSize(index) || index >= size)
    throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  return hashesOf(pathRanges(index, 0, size), read);
}

/**
 * Proof that the tree of size `first` is the beginning of the one of size `second`; empty for the same size and for the
 * empty tree.
 *
 * @throws RangeError when `first` is larger than `second`.
 */
export async function consistencyProof(first: number, second: number, read: NodeReader): Promise<Buffer[]> {
  if (!isSize(first) || !isSize(second) || first > second)
    throw new RangeError(`a tree of ${first} is not the beginning of one of ${second}`);
  if (first === 0) return [];
  return hashesOf(subproofRanges(first, 0, second, true), read);
}

/** The tree of that size, from its stored nodes. */
export async function treeAt(size: number, read: NodeReader): Promise<Tree> {
  const hashes = size === 0 ? [] : await read(perfectSubtrees({ from: 0, to: size }));
  return { size, frontier: hashes.map((hash) => Buffer.from(hash)) };
}

/** Leaves from `from` up to and without `to`; `from` is a multiple of the largest power of two within. */
interface Range {
  readonly from: number;
  readonly to: number;
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** The largest power of two below `count`, which is at least 2. */
function split(count: number): number {
  let half = 1;
  while (half * 2 < count) half *= 2;
  return half;
}

function pathRanges(index: number, from: number, to: number): Range[] {
  if (to - from === 1) return [];
  const middle = from + split(to - from);
  if (index < middle) return [...pathRanges(index, from, middle), { from: middle, to }];
  return [...pathRanges(index, middle, to), { from, to: middle }];
}

/** RFC 6962 §2.1.2, SUBPROOF; `whole` says that the verifier knows the hash of what remains. */
function subproofRanges(size: number, from: number, to: number, whole: boolean): Range[] {
  if (size === to - from) return whole ? [] : [{ from, to }];
  const half = split(to - from);
  const middle = from + half;
  if (size <= half) return [...subproofRanges(size, from, middle, whole), { from: middle, to }];
  return [...subproofRanges(size - half, middle, to, false), { from, to: middle }];
}

/** The perfect subtrees that a range is made of, the largest first. */
function perfectSubtrees({ from, to }: Range): NodeId[] {
  const nodes: NodeId[] = [];
  let start = from;
  while (start < to) {
    let level = 0;
    let span = 1;
    while (span * 2 <= to - start) {
      span *= 2;
      level += 1;
    }
    nodes.push({ level, index: start / span });
    start += span;
  }
  return nodes;
}

async function hashesOf(ranges: readonly Range[], read: NodeReader): Promise<Buffer[]> {
  const parts = ranges.map(perfectSubtrees);
  const ids = parts.flat();
  const hashes = ids.length === 0 ? [] : await read(ids);
  let at = 0;
  return parts.map((part) => {
    const own = hashes.slice(at, at + part.length);
    at += part.length;
    return Buffer.from(own.reduceRight((right, left) => nodeHash(left, right)));
  });
}
