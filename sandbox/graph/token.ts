/** The token endpoint of the identity platform (client credentials), and the check of bearer tokens. */
import { randomBytes } from 'node:crypto';
import express, { Router } from 'express';
import type { RequestHandler } from 'express';
import { routeText } from '../core/http.ts';
import { GraphError, sendGraphError } from './errors.ts';
import type { GraphOptions } from './options.ts';

/** Access tokens of one instance, with the time each ends (epoch ms). */
export class Tokens {
  readonly #options: GraphOptions;
  #ends = new Map<string, number>();

  constructor(options: GraphOptions) {
    this.#options = options;
  }

  issue(): { access_token: string; token_type: 'Bearer'; expires_in: number; ext_expires_in: number } {
    const token = `sandbox.${randomBytes(24).toString('base64url')}`;
    const { tokenSeconds } = this.#options;
    this.#ends.set(token, Date.now() + tokenSeconds * 1000);
    return {
      token_type: 'Bearer',
      expires_in: tokenSeconds,
      ext_expires_in: tokenSeconds,
      access_token: token,
    };
  }

  /** Ends all tokens now; they answer as expired. */
  expireAll(): void {
    for (const token of this.#ends.keys()) this.#ends.set(token, 0);
  }

  /** 401 unless a token of this instance that has not ended stands in the request. */
  readonly require: RequestHandler = (request, response, next) => {
    const token = /^Bearer (.+)$/i.exec(request.get('authorization') ?? '')?.[1];
    const end = token === undefined ? undefined : this.#ends.get(token);
    if (end !== undefined && end > Date.now()) return next();
    const message =
      token === undefined
        ? 'Access token is empty.'
        : end === undefined
          ? 'Access token validation failure.'
          : 'Lifetime validation failed, the token is expired.';
    sendGraphError(
      request,
      response,
      new GraphError(401, 'InvalidAuthenticationToken', message, { 'www-authenticate': 'Bearer realm=""' }),
    );
  };
}

/** `POST /{tenant}/oauth2/v2.0/token`. Errors have the OAuth shape, not Graph's. */
export function tokenRouter(options: GraphOptions, tokens: Tokens): Router {
  const router = Router();
  router.post('/:tenant/oauth2/v2.0/token', express.urlencoded({ extended: false }), (request, response) => {
    const body: unknown = request.body;
    const field = (name: string): string =>
      typeof body === 'object' && body !== null ? String(Reflect.get(body, name) ?? '') : '';
    const refuse = (status: number, error: string, code: number, description: string): void => {
      response.status(status).json({
        error,
        error_description: `AADSTS${code}: ${description}`,
        error_codes: [code],
        timestamp: new Date().toISOString(),
        trace_id: '',
        correlation_id: '',
      });
    };
    const tenant = routeText(request, 'tenant');
    if (tenant !== options.tenantId)
      return refuse(400, 'invalid_request', 90002, `Tenant '${tenant}' not found.`);
    if (field('grant_type') !== 'client_credentials')
      return refuse(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
    if (!field('scope').endsWith('/.default'))
      return refuse(
        400,
        'invalid_scope',
        70011,
        'The provided value for the input parameter scope is not valid.',
      );
    if (field('client_id') !== options.clientId)
      return refuse(400, 'unauthorized_client', 700016, 'The application was not found in the directory.');
    if (field('client_secret') !== options.clientSecret)
      return refuse(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
    response.json(tokens.issue());
  });
  return router;
}
