/** Whether a bearer token is of our issuer, for us, unspoilt and in time; and who it then speaks for. */
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import type { OidcConfig } from '../../config/oidc-schema.ts';
import { actorOf } from './actor-of.ts';
import { IssuerUnavailable, KEY_OPTIONS, PairwiseSubjects, issuerKeys } from './issuer-keys.ts';
import type { KeyOptions } from './issuer-keys.ts';
import { standingReader } from './standing.ts';
import type { Standing } from './standing.ts';

/** Whom a token speaks for. */
export interface Bearer extends Standing {
  /** `user:…`: stands in facts. */
  readonly actor: string;
  readonly issuer: string;
  readonly subject: string;
  readonly expiresAt: Date;
}

/** Why a token does not count: for the log, never for the answer. */
export type Refusal =
  | 'malformed'
  | 'algorithm'
  | 'issuer'
  | 'audience'
  | 'expired'
  | 'not-yet-valid'
  | 'too-old'
  | 'claims'
  | 'key'
  /** The issuer's `sub` is another for each client: `oidc.subjectClaim` must say what to go by. */
  | 'pairwise-subjects'
  | 'signature';

export type Verdict =
  | { readonly kind: 'bearer'; readonly bearer: Bearer }
  | { readonly kind: 'refused'; readonly why: Refusal };

export interface OidcVerifier {
  /** @throws IssuerUnavailable when the issuer's keys cannot be had. */
  verify(token: string, now: Date): Promise<Verdict>;
}

/** How far clocks may differ. */
const TOLERANCE_SECONDS = 10;
/** Longer than any real one. */
const LONGEST_TOKEN = 16_384;
const LONGEST_SUBJECT = 512;

export function oidcVerifier(config: OidcConfig, keyOptions: KeyOptions = KEY_OPTIONS): OidcVerifier {
  const keys = issuerKeys(config, keyOptions);
  const standingOf = standingReader(config);
  const { subjectClaim = 'sub' } = config;
  return {
    async verify(token, now) {
      const early = refusalAtSight(token, config);
      if (early !== null) return { kind: 'refused', why: early };
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer: config.issuer,
          audience: config.audience,
          algorithms: [...config.algorithms],
          requiredClaims: ['sub', subjectClaim, 'exp', 'iat'],
          clockTolerance: TOLERANCE_SECONDS,
          maxTokenAge: config.maxTokenAge / 1_000,
          currentDate: now,
        });
        const bearer = bearerOf(payload, payload[subjectClaim], config.issuer, standingOf(payload));
        return bearer === null ? { kind: 'refused', why: 'claims' } : { kind: 'bearer', bearer };
      } catch (error) {
        if (error instanceof IssuerUnavailable) throw error;
        return { kind: 'refused', why: refusalOf(error) };
      }
    },
  };
}

/** What needs no key: so that nonsense never makes us ask the issuer, nor depend on it. */
function refusalAtSight(token: string, { algorithms, issuer }: OidcConfig): Refusal | null {
  if (token.length > LONGEST_TOKEN) return 'malformed';
  try {
    const { alg } = decodeProtectedHeader(token);
    if (!algorithms.some((one) => one === alg)) return 'algorithm';
    return decodeJwt(token).iss === issuer ? null : 'issuer';
  } catch {
    return 'malformed';
  }
}

function bearerOf({ exp }: JWTPayload, subject: unknown, issuer: string, standing: Standing): Bearer | null {
  if (exp === undefined || typeof subject !== 'string') return null;
  if (subject === '' || subject.length > LONGEST_SUBJECT) return null;
  if (!subject.isWellFormed() || subject.includes('\0')) return null;
  return { ...standing, actor: actorOf(issuer, subject), issuer, subject, expiresAt: new Date(exp * 1_000) };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof PairwiseSubjects) return 'pairwise-subjects';
  if (error instanceof errors.JWTExpired) return error.claim === 'iat' ? 'too-old' : 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return 'audience';
    if (error.claim === 'iss') return 'issuer';
    if (error.claim === 'nbf') return 'not-yet-valid';
    return 'claims';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported)
    return 'algorithm';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'key';
  return 'malformed';
}
