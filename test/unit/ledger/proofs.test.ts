import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { append, EMPTY_TREE, leafHash, root } from '../../../src/ledger/merkle.ts';
import { consistencyProof, inclusionProof, treeAt } from '../../../src/ledger/proofs.ts';
import { verifyConsistency, verifyInclusion } from '../../../src/ledger/proof-checks.ts';
import { CT_LEAVES, numbered, storedTree } from './support.ts';

const N01 = 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125';
const N23 = '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e';
const N03 = 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7';
const N47 = '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4';
const N67 = 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0';
const L0 = '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d';
const L1 = '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7';
const L4 = 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b';
const N45 = '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a';

function headOf(leaves: readonly Uint8Array[]) {
  const tree = append(
    EMPTY_TREE,
    leaves.map((leaf) => leafHash(leaf)),
  );
  return { size: tree.size, root: root(tree) };
}

function hex(hashes: readonly Uint8Array[]): string[] {
  return hashes.map((hash) => Buffer.from(hash).toString('hex'));
}

describe('proofs of inclusion', () => {
  test.each([
    [0, 1, []],
    [0, 8, [L1, N23, N47]],
    [5, 8, [L4, N67, N03]],
    [2, 3, [N01]],
    [1, 5, [L0, N23, L4]],
  ])('leaf %i of %i has the path that Certificate Transparency gives it', async (index, size, path) => {
    const hashes = await inclusionProof(index, size, storedTree(CT_LEAVES).read);
    expect(hex(hashes)).toEqual(path);
    const leaf = leafHash(CT_LEAVES[index] ?? '');
    expect(verifyInclusion({ index, leafHash: leaf, hashes }, headOf(CT_LEAVES.slice(0, size)))).toBe(true);
  });

  test('every leaf of every tree up to 70 is proven, for every size that had it, and at no other place', async () => {
    const leaves = numbered(70);
    const { read } = storedTree(leaves);
    for (let size = 1; size <= 70; size += 1) {
      const head = headOf(leaves.slice(0, size));
      for (let index = 0; index < size; index += 1) {
        const proof = {
          index,
          leafHash: leafHash(`leaf ${index}`),
          hashes: await inclusionProof(index, size, read),
        };
        expect(verifyInclusion(proof, head)).toBe(true);
        expect(verifyInclusion({ ...proof, index: (index + 1) % size }, head)).toBe(size === 1);
        expect(verifyInclusion({ ...proof, leafHash: leafHash('another') }, head)).toBe(false);
      }
    }
  });

  test('any change of a proof, of the leaf’s place or of the head is found', async () => {
    const leaves = numbered(300);
    const { read } = storedTree(leaves);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 300 }), fc.nat(), fc.nat(), async (size, a, b) => {
        const index = a % size;
        const head = headOf(leaves.slice(0, size));
        const hashes = await inclusionProof(index, size, read);
        const proof = { index, leafHash: leafHash(`leaf ${index}`), hashes };
        const at = b % hashes.length;
        const flipped = hashes.map((hash, place) => (place === at ? flip(hash, b) : hash));
        expect(verifyInclusion({ ...proof, hashes: flipped }, head)).toBe(false);
        expect(verifyInclusion({ ...proof, hashes: hashes.toSpliced(at, 1) }, head)).toBe(false);
        expect(verifyInclusion({ ...proof, hashes: [...hashes, flip(head.root, b)] }, head)).toBe(false);
        expect(verifyInclusion(proof, { ...head, root: flip(head.root, b) })).toBe(false);
        expect(verifyInclusion({ ...proof, index: index + size }, head)).toBe(false);
      }),
    );
  });

  test('there is none of a leaf that the tree does not have', async () => {
    const { read } = storedTree(CT_LEAVES);
    await expect(inclusionProof(8, 8, read)).rejects.toThrow(RangeError);
    await expect(inclusionProof(-1, 8, read)).rejects.toThrow(RangeError);
    await expect(inclusionProof(0, 0, read)).rejects.toThrow(RangeError);
    expect(
      verifyInclusion({ index: 0, leafHash: leafHash(''), hashes: [] }, { size: 0, root: Buffer.alloc(32) }),
    ).toBe(false);
  });

  test('nodes are read once, and at most two for each level', async () => {
    const stored = storedTree(numbered(4_095));
    for (const index of [0, 1, 2_048, 4_094]) await inclusionProof(index, 4_095, stored.read);
    expect(stored.reads).toHaveLength(4);
    expect(Math.max(...stored.reads)).toBeLessThanOrEqual(24);
  });
});

describe('proofs of consistency', () => {
  test.each([
    [1, 1, []],
    [1, 8, [L1, N23, N47]],
    [6, 8, [N45, N67, N03]],
    [2, 5, [N23, L4]],
  ])('from %i to %i is what Certificate Transparency gives', async (first, second, path) => {
    const proof = await consistencyProof(first, second, storedTree(CT_LEAVES).read);
    expect(hex(proof)).toEqual(path);
    const [older, newer] = [headOf(CT_LEAVES.slice(0, first)), headOf(CT_LEAVES.slice(0, second))];
    expect(verifyConsistency(older, newer, proof)).toBe(true);
  });

  test('every beginning of every tree up to 70 is proven', async () => {
    const leaves = numbered(70);
    const { read } = storedTree(leaves);
    const heads = Array.from({ length: 71 }, (_, size) => headOf(leaves.slice(0, size)));
    for (const newer of heads)
      for (const older of heads.slice(0, newer.size + 1)) {
        const proof = await consistencyProof(older.size, newer.size, read);
        expect(verifyConsistency(older, newer, proof)).toBe(true);
      }
  });

  test('a changed past, a changed proof and a smaller tree are found', async () => {
    const leaves = numbered(200);
    const { read } = storedTree(leaves);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 200 }), fc.nat(), fc.nat(), async (size, a, b) => {
        const first = 1 + (a % (size - 1));
        const [older, newer] = [headOf(leaves.slice(0, first)), headOf(leaves.slice(0, size))];
        const proof = await consistencyProof(first, size, read);
        const at = b % proof.length;
        const changed = headOf(leaves.slice(0, first).with(b % first, Buffer.from('changed')));
        expect(verifyConsistency(older, newer, proof)).toBe(true);
        expect(verifyConsistency(changed, newer, proof)).toBe(false);
        expect(verifyConsistency(newer, older, proof)).toBe(false);
        expect(verifyConsistency(older, newer, proof.with(at, flip(proof[at] ?? Buffer.alloc(32), b)))).toBe(
          false,
        );
        expect(verifyConsistency(older, newer, proof.toSpliced(at, 1))).toBe(false);
        expect(verifyConsistency(older, newer, [...proof, Buffer.alloc(32)])).toBe(false);
        expect(verifyConsistency({ ...older, root: flip(older.root, b) }, newer, proof)).toBe(false);
      }),
    );
  });

  test('there is none to a smaller tree', async () => {
    await expect(consistencyProof(3, 2, storedTree(CT_LEAVES).read)).rejects.toThrow(RangeError);
  });
});

test('a tree of any earlier size is found again in the stored nodes', async () => {
  const leaves = numbered(130);
  const { read } = storedTree(leaves);
  for (let size = 0; size <= 130; size += 1) {
    const tree = await treeAt(size, read);
    expect(root(tree)).toEqual(headOf(leaves.slice(0, size)).root);
  }
});

function flip(bytes: Uint8Array, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  const at = Math.floor(bit / 8) % changed.length;
  changed[at] = (changed[at] ?? 0) ^ (1 << (bit % 8));
  return changed;
}
