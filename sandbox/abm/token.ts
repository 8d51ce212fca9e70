/** The token endpoint of Apple Account (client credentials with a signed assertion), and the check of bearer tokens. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import express, { Router } from 'express';
import type { RequestHandler } from 'express';
import { jwtVerify } from 'jose';
import { AppleError, sendAppleError } from './errors.ts';
import type { AbmOptions } from './options.ts';

const LONGEST_SECONDS = 180 * 86_400;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Access tokens of one instance, the key they are given out for, and the assertions that were used. */
export class Tokens {
  readonly publicKey: KeyObject;
  /** PEM; `null` when the key was given. */
  readonly privateKey: string | null;
  readonly #options: AbmOptions;
  readonly #used = new Set<string>();
  #ends = new Map<string, number>();

  constructor(options: AbmOptions) {
    this.#options = options;
    if (options.publicKey === undefined) {
      const { privateKey } = generateKeyPairSync('ec', {
        namedCurve: 'P-256',
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
        publicKeyEncoding: { type: 'spki', format: 'pem' },
      });
      this.privateKey = privateKey;
      this.publicKey = createPublicKey(createPrivateKey(privateKey));
    } else {
      this.privateKey = null;
      this.publicKey = createPublicKey(options.publicKey);
    }
  }

  issue(): object {
    const token = `sandbox.${randomBytes(24).toString('base64url')}`;
    const { programme, tokenSeconds } = this.#options;
    this.#ends.set(token, Date.now() + tokenSeconds * 1000);
    return {
      access_token: token,
      token_type: 'Bearer',
      expires_in: tokenSeconds,
      scope: `${programme}.api`,
    };
  }

  /** Ends all tokens now. */
  expireAll(): void {
    for (const token of this.#ends.keys()) this.#ends.set(token, 0);
  }

  /** Why an assertion is not taken; `null` when it is. */
  async refusal(assertion: string): Promise<string | null> {
    const { audience, clientId, keyId } = this.#options;
    try {
      const { payload, protectedHeader } = await jwtVerify(assertion, this.publicKey, {
        algorithms: ['ES256'],
        audience,
        issuer: clientId,
        subject: clientId,
        requiredClaims: ['iat', 'exp', 'jti'],
      });
      if (protectedHeader.kid !== keyId) return 'the key is not known';
      if ((payload.exp ?? 0) - (payload.iat ?? 0) > LONGEST_SECONDS) return 'it lives too long';
      if (this.#used.has(payload.jti ?? '')) return 'it was used before';
      this.#used.add(payload.jti ?? '');
      return null;
    } catch {
      return 'it is not valid';
    }
  }

  /** 401 unless a token of this instance that has not ended stands in the request. */
  readonly require: RequestHandler = (request, response, next) => {
    const token = /^Bearer (.+)$/i.exec(request.get('authorization') ?? '')?.[1];
    const end = token === undefined ? undefined : this.#ends.get(token);
    if (end !== undefined && end > Date.now()) return next();
    sendAppleError(response, new AppleError(401, 'NOT_AUTHORIZED', 'The access token is not valid.'));
  };
}

/** `POST /auth/oauth2/token`. Errors have the OAuth shape, not that of the API. */
export function tokenRouter({ clientId, programme }: AbmOptions, tokens: Tokens): Router {
  const router = Router();
  router.post(
    ['/auth/oauth2/token', '/auth/oauth2/v2/token'],
    express.urlencoded({ extended: false }),
    async (request, response) => {
      const body: unknown = request.body;
      const field = (name: string): string =>
        typeof body === 'object' && body !== null ? String(Reflect.get(body, name) ?? '') : '';
      const refuse = (error: string, why: string) =>
        void response.status(400).json({ error, error_description: why });
      if (field('grant_type') !== 'client_credentials')
        return refuse('unsupported_grant_type', 'client_credentials only');
      if (field('scope') !== `${programme}.api`) return refuse('invalid_scope', `${programme}.api only`);
      if (field('client_id') !== clientId || field('client_assertion_type') !== ASSERTION_TYPE)
        return refuse('invalid_client', 'the client is not known');
      const refusal = await tokens.refusal(field('client_assertion'));
      if (refusal !== null) return refuse('invalid_client', `the assertion: ${refusal}`);
      response.json(tokens.issue());
    },
  );
  return router;
}
