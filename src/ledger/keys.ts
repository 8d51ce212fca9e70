/**
 * Keys that sign for the ledger: Ed25519 for checkpoints, P-256 for packs. A signer is a small port, so that a key may live
 * in a file or where it cannot be read at all. Checking needs public keys only, old ones beside new ones.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** What a key may sign. One key never does both. */
export type KeyPurpose = 'checkpoints' | 'packs';

export const KEY_PURPOSES = ['checkpoints', 'packs'] as const satisfies readonly KeyPurpose[];

/** A public key and what it is for. */
export interface PublicKey {
  /** The first 16 hex digits of the SHA-256 of its SubjectPublicKeyInfo (DER): a hint which key, never a proof. */
  readonly id: string;
  readonly purpose: KeyPurpose;
  readonly key: KeyObject;
}

/** Whatever can sign with one key. */
export interface Signer {
  readonly publicKey: PublicKey;
  /**
   * Ed25519 over the bytes themselves (64 bytes), or ECDSA over their SHA-256 (ASN.1 DER).
   *
   * @throws whatever the place that holds the key throws; nothing is signed then.
   */
  readonly sign: (bytes: Uint8Array) => Promise<Buffer>;
}

/** A key that cannot be used for what it was named for. The message holds no key material. */
export class KeyProblem extends Error {
  override readonly name = 'KeyProblem';
}

/** @throws KeyProblem when the PEM holds no public key of the kind that this purpose asks for. */
export function publicKeyOf(purpose: KeyPurpose, pem: string): PublicKey {
  return described(
    purpose,
    parsed(() => createPublicKey(pem)),
  );
}

/**
 * A signer over a private key that is here, in memory.
 *
 * @param pem PKCS #8, not encrypted.
 * @throws KeyProblem when the PEM holds no private key of the kind that this purpose asks for.
 */
export function signerOf(purpose: KeyPurpose, pem: string): Signer {
  const key = parsed(() => createPrivateKey(pem));
  const publicKey = described(purpose, createPublicKey(key));
  const digest = purpose === 'checkpoints' ? null : 'sha256';
  return { publicKey, sign: async (bytes) => sign(digest, bytes, key) };
}

/** A new private key: PKCS #8 PEM. */
export function newPrivateKey(purpose: KeyPurpose): string {
  const { privateKey } =
    purpose === 'checkpoints'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** SubjectPublicKeyInfo, PEM: what openssl and cosign take. */
export function publicPem(key: PublicKey): string {
  return key.key.export({ type: 'spki', format: 'pem' }).toString();
}

/** RFC 8032's 32 bytes of an Ed25519 public key. */
export function rawEd25519(key: KeyObject): Buffer {
  const { x } = key.export({ format: 'jwk' });
  if (key.asymmetricKeyType !== 'ed25519' || x === undefined) throw new KeyProblem('not an Ed25519 key');
  return Buffer.from(x, 'base64url');
}

/** @throws KeyProblem when these are not 32 bytes of a key. */
export function ed25519FromRaw(raw: Uint8Array): KeyObject {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(raw).toString('base64url') };
  return parsed(() => createPublicKey({ key: jwk, format: 'jwk' }));
}

function described(purpose: KeyPurpose, key: KeyObject): PublicKey {
  const kind = key.asymmetricKeyType;
  const fits =
    purpose === 'checkpoints'
      ? kind === 'ed25519'
      : kind === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  if (!fits)
    throw new KeyProblem(
      `a key for ${purpose} is ${purpose === 'checkpoints' ? 'an Ed25519' : 'a P-256'} key; this one is another`,
    );
  const der = key.export({ type: 'spki', format: 'der' });
  return { id: createHash('sha256').update(der).digest('hex').slice(0, 16), purpose, key };
}

/** The error of the parser may quote what it was given, so it is not kept as the cause. */
function parsed(read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch {
    throw new KeyProblem('no key could be read: PEM is expected, and no password on it');
  }
}
