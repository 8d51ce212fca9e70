import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKeyFile, readKeyFiles, retireKeyFile } from '../../../src/ledger/key-files.ts';
import { loadKeyRing } from '../../../src/ledger/key-ring.ts';
import { KeyProblem, newPrivateKey, publicPem, signerOf } from '../../../src/ledger/keys.ts';

const DAY_MS = 86_400_000;
const START = new Date('2026-03-02T09:00:00.000Z');
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'handback-keys-'));
});
afterEach(() => rm(directory, { recursive: true }));

function source(given = {}, retired: readonly string[] = []) {
  return { directory, given, retired, overlapMs: 30 * DAY_MS };
}

function later(days: number): Date {
  return new Date(START.getTime() + days * DAY_MS);
}

describe('keys in files', () => {
  test('the private part is for its owner only', async () => {
    const { privatePath, publicPath } = createKeyFile(directory, 'packs', START);
    expect((await stat(privatePath ?? '')).mode & 0o777).toBe(0o600);
    expect((await stat(publicPath)).mode & 0o777).toBe(0o644);
  });

  test.each([0o640, 0o604, 0o644, 0o610])(
    'with mode %o nothing is loaded, and the message says which file',
    async (mode) => {
      const { privatePath } = createKeyFile(directory, 'checkpoints', START);
      await chmod(privatePath ?? '', mode);
      expect(() => loadKeyRing(source(), START)).toThrow(KeyProblem);
      expect(() => loadKeyRing(source(), START)).toThrow(privatePath ?? '');
    },
  );

  test('a directory that is not there has none', () => {
    const ring = loadKeyRing({ ...source(), directory: join(directory, 'none') }, START);
    expect(ring).toEqual({
      checkpoints: { signers: [], publicKeys: [] },
      packs: { signers: [], publicKeys: [] },
    });
  });

  test('the newest signs, the one before signs beside it until the overlap ends, and both check for ever', () => {
    const old = createKeyFile(directory, 'checkpoints', START);
    const young = createKeyFile(directory, 'checkpoints', later(100));
    const ids = (at: Date) => {
      const { signers, publicKeys } = loadKeyRing(source(), at).checkpoints;
      return [signers.map((one) => one.publicKey.id), publicKeys.map((one) => one.id)];
    };
    const both = [young.publicKey.id, old.publicKey.id];
    expect(ids(later(101))).toEqual([both, both]);
    expect(ids(later(131))).toEqual([[young.publicKey.id], both]);
  });

  test('a key whose private part is gone still checks', () => {
    const old = createKeyFile(directory, 'packs', START);
    createKeyFile(directory, 'packs', later(1));
    retireKeyFile(old);
    const { signers, publicKeys } = loadKeyRing(source(), later(2)).packs;
    expect([signers.length, publicKeys.length]).toEqual([1, 2]);
  });

  test('a file under another key’s name is refused', async () => {
    const { publicPath } = createKeyFile(directory, 'packs', START);
    await writeFile(publicPath, publicPem(signerOf('packs', newPrivateKey('packs')).publicKey));
    expect(() => readKeyFiles(directory)).toThrow(/another key/u);
  });

  test('a private part under another key’s name is refused', async () => {
    const { privatePath } = createKeyFile(directory, 'packs', START);
    await writeFile(privatePath ?? '', newPrivateKey('packs'));
    expect(() => loadKeyRing(source(), START)).toThrow(/another key/u);
  });

  test('other files are left alone', async () => {
    await writeFile(join(directory, 'README'), 'x');
    expect(readKeyFiles(directory)).toEqual([]);
    expect(await readdir(directory)).toEqual(['README']);
  });
});

describe('keys that are given', () => {
  test('sign instead of those of the directory, which go on checking', () => {
    const file = createKeyFile(directory, 'checkpoints', START);
    const pem = newPrivateKey('checkpoints');
    const { signers, publicKeys } = loadKeyRing(source({ checkpoints: [pem] }), START).checkpoints;
    const { id } = signerOf('checkpoints', pem).publicKey;
    expect(signers.map((one) => one.publicKey.id)).toEqual([id]);
    expect(publicKeys.map((one) => one.id)).toEqual([id, file.publicKey.id]);
  });

  test('retired public keys go where their kind belongs', () => {
    const [a, b] = [newPrivateKey('checkpoints'), newPrivateKey('packs')];
    const [one, two] = [signerOf('checkpoints', a).publicKey, signerOf('packs', b).publicKey];
    const ring = loadKeyRing(source({}, [publicPem(one), publicPem(two)]), START);
    expect(ring.checkpoints.publicKeys.map(({ id }) => id)).toEqual([one.id]);
    expect(ring.packs.publicKeys.map(({ id }) => id)).toEqual([two.id]);
    expect(ring.packs.signers).toEqual([]);
  });

  test('what is no key of the purpose is refused', () => {
    expect(() => loadKeyRing(source({ packs: [newPrivateKey('checkpoints')] }), START)).toThrow(KeyProblem);
    expect(() => loadKeyRing(source({}, ['-----BEGIN nothing']), START)).toThrow(KeyProblem);
  });
});
