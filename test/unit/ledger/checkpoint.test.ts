import { describe, expect, test } from 'vitest';
import { openCheckpoint, readCheckpointUnverified, signCheckpoint } from '../../../src/ledger/checkpoint.ts';
import { newPrivateKey, signerOf } from '../../../src/ledger/keys.ts';
import { append, EMPTY_TREE, leafHash, root } from '../../../src/ledger/merkle.ts';
import { inclusionProof } from '../../../src/ledger/proofs.ts';
import { noteVerifier, NoteProblem, signNote } from '../../../src/ledger/signed-note.ts';
import {
  encodeTlogProof,
  parseTlogProof,
  ProofProblem,
  verifyTlogProof,
} from '../../../src/ledger/tlog-proof.ts';
import { numbered, storedTree } from './support.ts';

const ORIGIN = 'handback.example/ledger';
const signer = signerOf('checkpoints', newPrivateKey('checkpoints'));
const verifier = noteVerifier(ORIGIN, signer.publicKey.key);
const leaves = numbered(21);
const tree = append(
  EMPTY_TREE,
  leaves.map((leaf) => leafHash(leaf)),
);
const head = { origin: ORIGIN, size: tree.size, root: root(tree) };

async function proofOf(index: number) {
  const hashes = await inclusionProof(index, 21, storedTree(leaves).read);
  return { index, hashes, checkpoint: await signCheckpoint(head, [signer]) };
}

describe('checkpoints', () => {
  test('are the three lines of C2SP tlog-checkpoint, signed', async () => {
    const note = await signCheckpoint(head, [signer]);
    const lines = note.split('\n');
    expect(lines.slice(0, 4)).toEqual([ORIGIN, '21', head.root.toString('base64'), '']);
    expect(openCheckpoint(note, [verifier])).toEqual({ ...head, extensions: [] });
  });

  test('the example of C2SP tlog-checkpoint is read', () => {
    const note =
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n';
    expect(readCheckpointUnverified(note)).toMatchObject({
      origin: 'example.com/behind-the-sofa',
      size: 20_852_163,
    });
    expect(() => openCheckpoint(note, [verifier])).toThrow(NoteProblem);
  });

  test('of another log are refused, though a key of ours signed them', async () => {
    const note = await signNote(`other.example/log\n21\n${head.root.toString('base64')}\n`, ORIGIN, [signer]);
    expect(() => openCheckpoint(note, [verifier])).toThrow(/origin/u);
  });

  test.each([
    ['a leading zero', `${ORIGIN}\n021\n${head.root.toString('base64')}\n`],
    ['a negative size', `${ORIGIN}\n-1\n${head.root.toString('base64')}\n`],
    ['a size beyond 2^53', `${ORIGIN}\n9007199254740993\n${head.root.toString('base64')}\n`],
    ['no size', `${ORIGIN}\n${head.root.toString('base64')}\n`],
    ['a short root', `${ORIGIN}\n21\nAAAA\n`],
    ['no origin', `\n21\n${head.root.toString('base64')}\n`],
    ['an empty extension', `${ORIGIN}\n21\n${head.root.toString('base64')}\n\nx\n`],
  ])('with %s are malformed', async (_what, text) => {
    const note = await signNote(text, ORIGIN, [signer]);
    expect(() => openCheckpoint(note, [verifier])).toThrow(NoteProblem);
  });
});

describe('tlog proofs', () => {
  test('are read back as written, and lead from the bytes of a fact to the checkpoint', async () => {
    for (const index of [0, 15, 16, 20]) {
      const proof = await proofOf(index);
      const text = encodeTlogProof(proof);
      expect(text.startsWith(`c2sp.org/tlog-proof@v1\nindex ${index}\n`)).toBe(true);
      expect(parseTlogProof(text)).toEqual(proof);
      expect(verifyTlogProof(text, leaves[index] ?? Buffer.of(), [verifier])).toMatchObject(head);
    }
  });

  test('extra data travels along', async () => {
    const proof = { ...(await proofOf(3)), extra: Buffer.from('anything') };
    expect(parseTlogProof(encodeTlogProof(proof))).toEqual(proof);
    expect(encodeTlogProof(proof).split('\n')[1]).toBe('extra YW55dGhpbmc=');
  });

  test('another fact, another index and another key are each refused by name', async () => {
    const text = encodeTlogProof(await proofOf(4));
    const leaf = leaves[4] ?? Buffer.of();
    const other = noteVerifier(ORIGIN, signerOf('checkpoints', newPrivateKey('checkpoints')).publicKey.key);
    expect(codeOf(() => verifyTlogProof(text, Buffer.from('leaf 5'), [verifier]))).toBe('not-included');
    expect(codeOf(() => verifyTlogProof(text.replace('index 4', 'index 5'), leaf, [verifier]))).toBe(
      'not-included',
    );
    expect(codeOf(() => verifyTlogProof(text, leaf, [other]))).toBe('checkpoint');
  });

  test('every changed byte is found', async () => {
    const text = encodeTlogProof(await proofOf(4));
    const leaf = leaves[4] ?? Buffer.of();
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 2;
      expect(codeOf(() => verifyTlogProof(changed.toString('utf8'), leaf, [verifier]))).not.toBe('none');
    }
  });

  test.each([
    ['another header', (text: string) => text.replace('@v1', '@v2')],
    ['no index', (text: string) => text.replace(/index 4\n/u, '')],
    ['an index with a leading zero', (text: string) => text.replace('index 4', 'index 04')],
    ['a short hash', (text: string) => text.replace(/index 4\n.*\n/u, 'index 4\nAAAA\n')],
    ['windows line ends', (text: string) => text.replaceAll('\n', '\r\n')],
    [
      '65 hashes',
      (text: string) => text.replace('index 4\n', `index 4\n${`${'A'.repeat(43)}=\n`.repeat(65)}`),
    ],
  ])('%s is malformed', async (_what, change) => {
    const text = encodeTlogProof(await proofOf(4));
    expect(codeOf(() => parseTlogProof(change(text)))).toBe('malformed');
  });
});

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ProofProblem) return error.code;
    throw error;
  }
  return 'none';
}
