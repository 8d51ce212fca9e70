/** Settings of one organisation at Apple, and how a seeded device behaves. */
import { createPublicKey } from 'node:crypto';
import { z } from 'zod';

export const AbmOptions = z.strictObject({
  /** Apple School Manager has no release through its API. */
  programme: z.enum(['business', 'school']).default('business'),
  clientId: z.string().min(1).default('BUSINESSAPI.5a9db0c0-0000-4000-a000-0000000000ab'),
  keyId: z.string().min(1).default('5a9db0c0-0000-4000-a000-0000000000ac'),
  /** Public key of the API account (PEM); left out, a pair is made, and the control listener tells the private one. */
  publicKey: z.string().refine(isKey, 'a public key in PEM form').optional(),
  /** Whom assertions must be for. */
  audience: z.string().min(1).default('https://account.apple.com/auth/oauth2/v2/token'),
  /** Life of an access token, seconds. */
  tokenSeconds: z.int().min(1).default(3600),
  pageSize: z.int().min(1).max(1000).default(100),
  /** Whether a released device is still shown, with the time of its release, or answered 404. */
  released: z.enum(['shown', 'gone']).default('shown'),
});
export type AbmOptions = z.infer<typeof AbmOptions>;

/** The part of a seeded device's `behaviour` that Apple reads; keys of other simulators are passed over. */
export const DeviceBehaviour = z.object({
  /** Whether the organisation bought it through a channel that registers it. */
  enrolment: z.boolean().default(true),
  /** Whether its holder switched on the Activation Lock. */
  activationLock: z.boolean().default(false),
  /** How a request about it ends. */
  appleRequest: z.enum(['done', 'failed', 'never']).default('done'),
  /** From the request until it has been worked through, ms. */
  lagMs: z.int().min(0).default(200),
});
export type DeviceBehaviour = z.infer<typeof DeviceBehaviour>;

function isKey(pem: string): boolean {
  try {
    return createPublicKey(pem).asymmetricKeyType === 'ec';
  } catch {
    return false;
  }
}
