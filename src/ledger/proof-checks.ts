/** Checking proofs over the Merkle tree, by the verification algorithms of RFC 9162 §2.1.3.2 and §2.1.4.2. */
import { EMPTY_TREE, nodeHash, root } from './merkle.ts';

/** A tree's size and root hash. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/** A leaf, and what leads from it to the root. */
export interface Inclusion {
  /** From 0. */
  readonly index: number;
  readonly leafHash: Uint8Array;
  readonly hashes: readonly Uint8Array[];
}

/** Whether the leaf is at that place of the tree. */
export function verifyInclusion({ index, leafHash, hashes }: Inclusion, head: TreeHead): boolean {
  if (!isSize(index) || !isSize(head.size) || index >= head.size) return false;
  let [place, last] = [index, head.size - 1];
  let current: Uint8Array = leafHash;
  for (const hash of hashes) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      current = nodeHash(hash, current);
      [place, last] = toRightChild(place, last);
    } else current = nodeHash(current, hash);
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 && sameBytes(current, head.root);
}

/** Whether `first` is the beginning of `second`: nothing of it was changed, taken away or put in between. */
export function verifyConsistency(first: TreeHead, second: TreeHead, proof: readonly Uint8Array[]): boolean {
  if (!isSize(first.size) || !isSize(second.size) || first.size > second.size) return false;
  if (first.size === second.size) return proof.length === 0 && sameBytes(first.root, second.root);
  if (first.size === 0) return proof.length === 0 && sameBytes(first.root, root(EMPTY_TREE));
  const path = isPowerOfTwo(first.size) ? [first.root, ...proof] : proof;
  const [start, ...rest] = path;
  return start !== undefined && proof.length > 0 && walk(first, second, start, rest);
}

function walk(first: TreeHead, second: TreeHead, start: Uint8Array, rest: readonly Uint8Array[]): boolean {
  let [place, last] = [first.size - 1, second.size - 1];
  while (place % 2 === 1) [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  let [older, newer] = [start, start];
  for (const hash of rest) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      older = nodeHash(hash, older);
      newer = nodeHash(hash, newer);
      [place, last] = toRightChild(place, last);
    } else newer = nodeHash(newer, hash);
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 && sameBytes(older, first.root) && sameBytes(newer, second.root);
}

/** Up the levels in which a node without a sibling is handed on as it is. */
function toRightChild(place: number, last: number): [number, number] {
  let [at, end] = [place, last];
  while (at % 2 === 0 && at !== 0) [at, end] = [Math.floor(at / 2), Math.floor(end / 2)];
  return [at, end];
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isPowerOfTwo(size: number): boolean {
  return Number.isInteger(Math.log2(size)) && 2 ** Math.round(Math.log2(size)) === size;
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
