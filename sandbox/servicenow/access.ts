/** Who may call: basic authentication, or tokens of the client credentials grant; and the rate limit rule. */
import { randomBytes } from 'node:crypto';
import express, { Router } from 'express';
import type { RequestHandler } from 'express';
import { notAuthenticated, throttled } from './errors.ts';
import type { ServiceNowOptions } from './options.ts';

const HOUR_MS = 3_600_000;

export interface Access {
  /** `POST /oauth_token.do`. */
  readonly tokens: Router;
  readonly require: RequestHandler;
  readonly limit: RequestHandler;
  expireTokens(): void;
  reset(): void;
}

export function createAccess(options: ServiceNowOptions): Access {
  const { username, password, clientId, clientSecret, tokenSeconds, requestsPerHour } = options;
  const ends = new Map<string, number>();
  const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  let used = 0;
  let windowEnds = 0;

  const tokens = Router();
  tokens.post('/oauth_token.do', express.urlencoded({ extended: false }), (request, response) => {
    const body: unknown = request.body;
    const field = (name: string): string =>
      typeof body === 'object' && body !== null ? String(Reflect.get(body, name) ?? '') : '';
    const refuse = (error: string) =>
      void response.status(401).json({ error, error_description: 'access_denied' });
    if (field('grant_type') !== 'client_credentials') return refuse('unsupported_grant_type');
    if (field('client_id') !== clientId || field('client_secret') !== clientSecret)
      return refuse('invalid_client');
    const token = randomBytes(32).toString('base64url');
    ends.set(token, Date.now() + tokenSeconds * 1000);
    response.json({
      access_token: token,
      scope: 'useraccount',
      token_type: 'Bearer',
      expires_in: tokenSeconds - 1,
    });
  });

  return {
    tokens,
    require(request, response, next) {
      const sent = request.get('authorization') ?? '';
      const token = /^Bearer (.+)$/u.exec(sent)?.[1];
      const known = token === undefined ? sent === basic : (ends.get(token) ?? 0) > Date.now();
      return known ? next() : notAuthenticated(response);
    },
    limit(_request, response, next) {
      if (requestsPerHour === null) return next();
      const now = Date.now();
      if (now >= windowEnds) {
        windowEnds = now + HOUR_MS;
        used = 0;
      }
      used += 1;
      if (used > requestsPerHour)
        return throttled(response, Math.ceil((windowEnds - now) / 1000), requestsPerHour);
      response.set('X-RateLimit-Limit', String(requestsPerHour));
      next();
    },
    expireTokens: () => ends.clear(),
    reset() {
      used = 0;
      windowEnds = 0;
    },
  };
}
