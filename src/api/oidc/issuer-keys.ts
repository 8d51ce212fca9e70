/** The issuer's keys, found by its discovery document and fetched again when they change. */
import { createRemoteJWKSet, errors } from 'jose';
import type { JWTVerifyGetKey, RemoteJWKSet } from 'jose';
import { z } from 'zod';
import { isPrivateOnTheWay } from '../../config/loopback.ts';
import type { OidcConfig } from '../../config/oidc-schema.ts';

/** The issuer does not answer, or not as an issuer does: tokens can be judged later, not now. */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';
}

/** The issuer gives one person another `sub` for each client: as it stands, one person could decide as two. */
export class PairwiseSubjects extends Error {
  override readonly name = 'PairwiseSubjects';
}

export interface KeyOptions {
  /** For one request to the issuer. */
  readonly timeoutMs: number;
  /** After keys were fetched, a key that is not among them makes us ask again no sooner than this. */
  readonly cooldownMs: number;
  /** Fetched keys are asked for anew after this: so long a key that was withdrawn still counts. */
  readonly keepKeysMs: number;
  /** The discovery document is read anew after this. */
  readonly keepDiscoveryMs: number;
  /** An issuer that failed is left alone for this long; until then the answer is that it is unavailable. */
  readonly pauseMs: number;
}

export const KEY_OPTIONS = {
  timeoutMs: 5_000,
  cooldownMs: 10_000,
  keepKeysMs: 600_000,
  keepDiscoveryMs: 3_600_000,
  pauseMs: 2_000,
} as const satisfies KeyOptions;

const Discovery = z.object({
  issuer: z.string(),
  jwks_uri: z.url().refine((text) => isPrivateOnTheWay(text)),
  subject_types_supported: z.array(z.string()).default(['public']),
});

interface Found {
  readonly jwksUri: string;
  readonly keys: RemoteJWKSet;
  /** `sub` differs from client to client. */
  readonly isPairwise: boolean;
  /** On the process's own clock, in milliseconds. */
  readonly at: number;
}

/**
 * Resolves a token's key.
 *
 * @throws IssuerUnavailable, PairwiseSubjects, or jose's errors when the issuer has no such key.
 */
export function issuerKeys(
  { issuer, subjectClaim }: Pick<OidcConfig, 'issuer' | 'subjectClaim'>,
  options: KeyOptions = KEY_OPTIONS,
): JWTVerifyGetKey {
  const takesPairwise = subjectClaim !== undefined;
  let found: Found | null = null;
  let finding: Promise<Found> | null = null;
  let failedAt = Number.NEGATIVE_INFINITY;

  function isPausing(): boolean {
    return performance.now() - failedAt < options.pauseMs;
  }

  async function find(): Promise<Found> {
    if (found !== null && performance.now() - found.at < options.keepDiscoveryMs) return found;
    if (isPausing()) return orUnavailable(found);
    try {
      const next = await (finding ??= discover(issuer, found, options).finally(() => (finding = null)));
      found = next;
      return next;
    } catch {
      failedAt = performance.now();
      // Where its keys are was known an hour ago; whether they can be fetched shows by itself.
      return orUnavailable(found);
    }
  }

  return async (header, token) => {
    const { keys, isPairwise } = await find();
    if (isPairwise && !takesPairwise) throw new PairwiseSubjects();
    // Keys that are known go on counting while the issuer is down.
    if (isPausing() && !keys.fresh) throw new IssuerUnavailable('keys');
    try {
      return await keys(header, token);
    } catch (error) {
      if (isOfToken(error)) throw error;
      failedAt = performance.now();
      throw new IssuerUnavailable('keys', { cause: error });
    }
  };
}

function orUnavailable(found: Found | null): Found {
  if (found === null) throw new IssuerUnavailable('discovery');
  return found;
}

/** The issuer's answer must name itself: another issuer's keys must never count for this one. */
async function discover(issuer: string, before: Found | null, options: KeyOptions): Promise<Found> {
  const url = `${issuer.replace(/\/$/u, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(options.timeoutMs),
  });
  if (!response.ok) throw new IssuerUnavailable('discovery');
  const { issuer: named, jwks_uri: jwksUri, ...more } = Discovery.parse(await response.json());
  if (named !== issuer) throw new IssuerUnavailable('another issuer');
  const at = performance.now();
  const isPairwise = !more.subject_types_supported.includes('public');
  if (before?.jwksUri === jwksUri) return { ...before, isPairwise, at };
  const keys = createRemoteJWKSet(new URL(jwksUri), {
    timeoutDuration: options.timeoutMs,
    cooldownDuration: options.cooldownMs,
    cacheMaxAge: options.keepKeysMs,
  });
  return { jwksUri, keys, isPairwise, at };
}

/** Whether the token is at fault: the issuer answered, and has no key for it. */
function isOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
