/**
 * RFC 6962 Merkle tree (SHA-256), grown leaf by leaf. Only the frontier is kept: the roots of the perfect subtrees that the
 * tree of that size is made of, the largest first.
 */
import { createHash } from 'node:crypto';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** RFC 6962 §2.1: SHA-256(0x00 ‖ leaf). */
export function leafHash(leaf: string | Uint8Array): Buffer {
  return createHash('sha256').update(LEAF).update(leaf).digest();
}

/** RFC 6962 §2.1: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}

export interface Tree {
  readonly size: number;
  /** As many hashes as `size` has one-bits. */
  readonly frontier: readonly Buffer[];
}

export const EMPTY_TREE: Tree = { size: 0, frontier: [] };

/** The tree with these leaf hashes appended in order. */
export function append(tree: Tree, leafHashes: readonly Buffer[]): Tree {
  const frontier = [...tree.frontier];
  let { size } = tree;
  for (const leaf of leafHashes) {
    let hash = leaf;
    for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      const left = frontier.pop();
      if (left === undefined) throw new RangeError('frontier does not fit the size');
      hash = nodeHash(left, hash);
    }
    frontier.push(hash);
    size += 1;
  }
  return { size, frontier };
}

/** The root hash; of an empty tree SHA-256 of nothing, as RFC 6962 says. */
export function root(tree: Tree): Buffer {
  const [last, ...larger] = [...tree.frontier].toReversed();
  if (last === undefined) return createHash('sha256').digest();
  return larger.reduce((hash, left) => nodeHash(left, hash), last);
}
