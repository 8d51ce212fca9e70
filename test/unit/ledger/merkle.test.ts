import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { append, EMPTY_TREE, leafHash, nodeHash, root } from '../../../src/ledger/merkle.ts';

/** The eight leaves that Certificate Transparency implementations test with, hex. */
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'));

/** Their roots after one leaf, two leaves, … eight. */
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const EMPTY_ROOT = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function sha256(...parts: readonly Uint8Array[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

/** RFC 6962 §2.1 as it is written: MTH over the whole list, split at the largest power of two below its length. */
function naiveRoot(leaves: readonly Uint8Array[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return sha256();
  if (leaves.length === 1) return sha256(Uint8Array.of(0), first);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Uint8Array.of(1), naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)));
}

function treeOf(leaves: readonly Uint8Array[]) {
  return append(
    EMPTY_TREE,
    leaves.map((leaf) => leafHash(leaf)),
  );
}

function oneBits(size: number): number {
  return size
    .toString(2)
    .split('')
    .filter((bit) => bit === '1').length;
}

const leaves = fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 200 });

describe('Merkle tree', () => {
  test('the empty tree has the hash of nothing', () => {
    expect(root(EMPTY_TREE).toString('hex')).toBe(EMPTY_ROOT);
  });

  test.each(ROOTS.map((hex, index) => [index + 1, hex] as const))(
    'the standard leaves give the known root at size %i',
    (size, hex) => {
      expect(root(treeOf(LEAVES.slice(0, size))).toString('hex')).toBe(hex);
    },
  );

  test('a leaf can never be taken for a node: their hashes are told apart by a prefix', () => {
    const [left, right] = [leafHash('a'), leafHash('b')];
    expect(leafHash(Buffer.concat([left, right]))).not.toEqual(nodeHash(left, right));
    expect(leafHash('')).not.toEqual(sha256());
  });

  test('a text and its UTF-8 bytes are the same leaf', () => {
    expect(leafHash('ä€😀')).toEqual(leafHash(Buffer.from('ä€😀', 'utf8')));
  });

  test('growing leaf by leaf gives the root of the definition, at any size', () => {
    fc.assert(
      fc.property(leaves, (all) => {
        const tree = treeOf(all);
        expect(root(tree)).toEqual(naiveRoot(all));
        expect(tree.size).toBe(all.length);
        expect(tree.frontier).toHaveLength(all.length === 0 ? 0 : oneBits(all.length));
      }),
    );
  });

  test('every size up to 300 agrees with the definition', () => {
    const all = Array.from({ length: 300 }, (_, index) => Buffer.from(`leaf ${index}`));
    let tree = EMPTY_TREE;
    for (const [index, leaf] of all.entries()) {
      tree = append(tree, [leafHash(leaf)]);
      expect(root(tree)).toEqual(naiveRoot(all.slice(0, index + 1)));
    }
  });

  test('does not depend on how the leaves were cut into batches', () => {
    fc.assert(
      fc.property(leaves, fc.array(fc.nat(20), { maxLength: 20 }), (all, cuts) => {
        let [tree, at] = [EMPTY_TREE, 0];
        for (const cut of [...cuts, all.length]) {
          tree = append(
            tree,
            all.slice(at, at + cut).map((leaf) => leafHash(leaf)),
          );
          at += cut;
        }
        expect(tree).toEqual(treeOf(all));
      }),
    );
  });

  test('leaves the tree that it was given as it was', () => {
    const before = treeOf(LEAVES);
    const kept = before.frontier.map((hash) => hash.toString('hex'));
    append(before, [leafHash('more')]);
    expect(before.size).toBe(8);
    expect(before.frontier.map((hash) => hash.toString('hex'))).toEqual(kept);
  });

  test('any change of one leaf, or of their order, changes the root', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 40 }), fc.nat(), (texts, pick) => {
        const at = pick % texts.length;
        const changed = texts.map((text, index) => (index === at ? `${text}!` : text));
        const rotated = [...texts.slice(1), ...texts.slice(0, 1)];
        const rootOf = (list: readonly string[]) =>
          root(treeOf(list.map((text) => Buffer.from(text)))).toString('hex');
        expect(rootOf(changed)).not.toBe(rootOf(texts));
        expect(rootOf(rotated)).not.toBe(rootOf(texts));
      }),
    );
  });

  test('a frontier that does not fit its size is refused', () => {
    expect(() => append({ size: 3, frontier: [] }, [leafHash('x')])).toThrow(RangeError);
  });
});
