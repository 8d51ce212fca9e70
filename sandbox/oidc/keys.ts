/** The issuer's signing keys: one signs, older ones are still published until they are withdrawn. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { JWK } from 'jose';

export const SIGNATURE = 'RS256';

export interface SigningKey {
  readonly kid: string;
  /** The private key, published without its private part. */
  readonly jwk: JWK;
}

export async function newKey(): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(SIGNATURE, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, jwk: { ...jwk, kid, alg: SIGNATURE, use: 'sig' } };
}
