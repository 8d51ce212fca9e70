/**
 * RFC 6962 Merkle tree (SHA-256), grown leaf by leaf. Only the frontier is kept: the roots of the perfect subtrees that the
 * tree of that size is made of, the largest first.
 */
import { hash as digest } from 'node:crypto';

/** RFC 6962 §2.1: SHA-256(0x00 ‖ leaf). */
export function leafHash(leaf: string | Uint8Array): Buffer {
  // A text goes in as a text: buffers of its size cost five times what hashing it does, and ledgers have millions.
  if (typeof leaf === 'string') return digest('sha256', `\0${leaf}`, 'buffer');
  return digest('sha256', Buffer.concat([Uint8Array.of(0), leaf]), 'buffer');
}

/** The same of a text, lower-case hex. */
export function leafHashHex(leaf: string): string {
  return digest('sha256', `\0${leaf}`, 'hex');
}

const HASH_BYTES = 32;
/** Filled and hashed within one call. */
const pair = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** RFC 6962 §2.1: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES)
    return digest('sha256', Buffer.concat([Uint8Array.of(1), left, right]), 'buffer');
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return digest('sha256', pair, 'buffer');
}

export interface Tree {
  readonly size: number;
  /** As many hashes as `size` has one-bits. */
  readonly frontier: readonly Buffer[];
}

export const EMPTY_TREE: Tree = { size: 0, frontier: [] };

/** A perfect subtree: of the leaves from `index` · 2^`level` on, 2^`level` many. Level 0 is the leaves themselves. */
export interface NodeId {
  readonly level: number;
  readonly index: number;
}

/** An inner node whose leaves are all there: it never changes again. */
export interface InnerNode extends NodeId {
  readonly hash: Buffer;
}

/** The tree with these leaf hashes appended in order. */
export function append(tree: Tree, leafHashes: readonly Buffer[]): Tree {
  return grow(tree, leafHashes).tree;
}

/** As {@link append}, with the inner nodes (from level 1) that became complete by it, children before their parents. */
export function grow(
  tree: Tree,
  leafHashes: readonly Buffer[],
): { readonly tree: Tree; readonly nodes: readonly InnerNode[] } {
  const frontier = [...tree.frontier];
  const nodes: InnerNode[] = [];
  let { size } = tree;
  for (const leaf of leafHashes) {
    let current = leaf;
    let level = 0;
    for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      const left = frontier.pop();
      if (left === undefined) throw new RangeError('frontier does not fit the size');
      current = nodeHash(left, current);
      level += 1;
      nodes.push({ level, index: Math.floor(rest / 2), hash: current });
    }
    frontier.push(current);
    size += 1;
  }
  return { tree: { size, frontier }, nodes };
}

/** The root hash; of an empty tree SHA-256 of nothing, as RFC 6962 says. */
export function root(tree: Tree): Buffer {
  const [last, ...larger] = [...tree.frontier].toReversed();
  if (last === undefined) return digest('sha256', '', 'buffer');
  return larger.reduce((right, left) => nodeHash(left, right), last);
}
