import { verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  KEY_PURPOSES,
  KeyProblem,
  newPrivateKey,
  publicKeyOf,
  publicPem,
  signerOf,
} from '../../../src/ledger/keys.ts';

describe('keys', () => {
  test.each(KEY_PURPOSES)('a new key for %s signs what its public key checks', async (purpose) => {
    const signer = signerOf(purpose, newPrivateKey(purpose));
    const bytes = Buffer.from('what is signed');
    const signature = await signer.sign(bytes);
    const known = publicKeyOf(purpose, publicPem(signer.publicKey));
    expect(known.id).toBe(signer.publicKey.id);
    expect(known.id).toMatch(/^[0-9a-f]{16}$/u);
    const digest = purpose === 'checkpoints' ? null : 'sha256';
    expect(verify(digest, bytes, known.key, signature)).toBe(true);
    expect(verify(digest, Buffer.from('what is not'), known.key, signature)).toBe(false);
  });

  test('a key of one purpose is refused for the other', () => {
    expect(() => signerOf('packs', newPrivateKey('checkpoints'))).toThrow(KeyProblem);
    expect(() => signerOf('checkpoints', newPrivateKey('packs'))).toThrow(KeyProblem);
    const pem = publicPem(signerOf('packs', newPrivateKey('packs')).publicKey);
    expect(() => publicKeyOf('checkpoints', pem)).toThrow(KeyProblem);
  });

  test('what is no key is refused without being quoted', () => {
    const secret = 'MC4CAQAwBQYDK2VwBCIEsecretsecret';
    expect(problemOf(() => signerOf('packs', secret))).toEqual({ name: 'KeyProblem', quotes: false });
  });
});

function problemOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    const { name, message, cause } = error instanceof Error ? error : new Error('no error');
    return { name, quotes: `${message} ${String(cause)}`.includes('secretsecret') };
  }
  return null;
}
