/** Access tokens on demand: as the issuer gives them, or spoilt in one way, to see whether a receiver checks. */
import { randomUUID } from 'node:crypto';
import { SignJWT, UnsecuredJWT, exportSPKI, importJWK } from 'jose';
import type { JWTPayload } from 'jose';
import { z } from 'zod';
import { SIGNATURE, newKey } from './keys.ts';
import type { SigningKey } from './keys.ts';

export const FLAWS = [
  'expired',
  'not-yet-valid',
  'wrong-audience',
  'wrong-issuer',
  'no-subject',
  /** `alg: none`. */
  'unsigned',
  /** HMAC with the public key as the secret. */
  'public-key-as-secret',
  /** A key that is not published, under its own id. */
  'unknown-key',
  /** A key that is not published, under the id of one that is. */
  'foreign-signature',
] as const;

export const MintRequest = z
  .strictObject({
    /** Key, subject or e-mail. */
    person: z.string().min(1).optional(),
    /** Id of a program; with `person`, of the client that they signed in with. */
    client: z.string().min(1).optional(),
    expiresInSeconds: z.int().positive().optional(),
    flaw: z.enum(FLAWS).optional(),
  })
  .refine(({ person, client }) => person !== undefined || client !== undefined, 'person or client');
export type MintRequest = z.infer<typeof MintRequest>;

export interface Claims {
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  readonly clientId: string;
  readonly seconds: number;
  readonly own: Readonly<Record<string, unknown>>;
}

export async function mint(
  { issuer, audience, subject, clientId, seconds, own }: Claims,
  key: SigningKey,
  now: Date,
  flaw?: MintRequest['flaw'],
): Promise<string> {
  const iat = Math.floor(now.getTime() / 1000) - (flaw === 'expired' ? 2 * seconds + 60 : 0);
  const claims: JWTPayload = {
    ...own,
    jti: randomUUID(),
    ...(flaw !== 'no-subject' && { sub: subject }),
    iat,
    exp: iat + seconds,
    ...(flaw === 'not-yet-valid' && { nbf: iat + 3600, exp: iat + 7200 }),
    client_id: clientId,
    iss: flaw === 'wrong-issuer' ? 'https://elsewhere.example' : issuer,
    aud: flaw === 'wrong-audience' ? 'urn:another:api' : audience,
  };
  if (flaw === 'unsigned') return new UnsecuredJWT(claims).encode();
  if (flaw === 'public-key-as-secret') {
    const { n, e, kty } = key.jwk;
    const publicKey = await importJWK({ n, e, kty } as typeof key.jwk, SIGNATURE, { extractable: true });
    if (publicKey instanceof Uint8Array) throw new Error('not a public key');
    const secret = new TextEncoder().encode(await exportSPKI(publicKey));
    return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: key.kid }).sign(secret);
  }
  const signing = flaw === 'unknown-key' || flaw === 'foreign-signature' ? await newKey() : key;
  const kid = flaw === 'foreign-signature' ? key.kid : signing.kid;
  return new SignJWT(claims)
    .setProtectedHeader({ alg: SIGNATURE, typ: 'at+jwt', kid })
    .sign(await importJWK(signing.jwk, SIGNATURE));
}
