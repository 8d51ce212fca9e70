import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';

/** One organisation at Apple. */
export const AbmSettings = z.strictObject({
  /** Apple Business can release devices through its API, Apple School Manager cannot. */
  programme: z.enum(['business', 'school']).default('business'),
  /** Left out: that of the programme at Apple. The token goes to this origin only. */
  baseUrl: z.url().optional(),
  /** Id of the API account (`BUSINESSAPI.…` or `SCHOOLAPI.…`). */
  clientId: z.string().min(1),
  /** Id of its key. */
  keyId: z.string().min(1),
  /** The private key as it was downloaded (PEM, P-256); line breaks may be written as `\n`. */
  privateKey: z
    .string()
    .transform((text) => text.replaceAll(String.raw`\n`, '\n'))
    .refine(isP256, 'a private key in PEM form on the curve P-256'),
  /** OAuth 2.0 token endpoint. */
  tokenUrl: z.url().default('https://account.apple.com/auth/oauth2/token'),
  /** Whom the signed assertion is for; Apple's documentation names another address here than the token endpoint's. */
  audience: z.url().default('https://account.apple.com/auth/oauth2/v2/token'),
  timeLimitMs: z.int().positive().default(20_000),
  /** Apple documents no figure, only that there is a limit (429). */
  requestsPerSecond: z.number().positive().default(2),
  burst: z.int().min(1).default(5),
});
export type AbmSettings = z.infer<typeof AbmSettings>;

function isP256(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}
