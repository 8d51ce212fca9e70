/** What stands in front of every Okta endpoint: the token and the rate limit. */
import { randomBytes } from 'node:crypto';
import type { RequestHandler } from 'express';
import { OktaError, sendError, tooMany } from './errors.ts';
import type { OktaOptions } from './options.ts';

/** 401 E0000011 unless the token is right. */
export function requireToken(options: OktaOptions): RequestHandler {
  return (request, response, next) => {
    response.set('x-okta-request-id', randomBytes(16).toString('base64url'));
    if (request.headers.authorization === `SSWS ${options.token}`) return next();
    sendError(response, new OktaError(401, 'E0000011', 'Invalid token provided'));
  };
}

/** Fixed windows of a minute per endpoint family, told in `X-Rate-Limit-*` on every answer. `clear` forgets the counts. */
export function createRateLimit(options: OktaOptions): { middleware: RequestHandler; clear(): void } {
  const windows = new Map<string, { until: number; used: number }>();
  const middleware: RequestHandler = (request, response, next) => {
    const family = request.path.split('/').slice(0, 4).join('/');
    const now = Date.now();
    let window = windows.get(family);
    if (window === undefined || window.until <= now) {
      window = { until: now + 60_000, used: 0 };
      windows.set(family, window);
    }
    window.used += 1;
    response.set({
      'x-rate-limit-limit': String(options.rateLimit),
      'x-rate-limit-remaining': String(Math.max(0, options.rateLimit - window.used)),
      'x-rate-limit-reset': String(Math.ceil(window.until / 1000)),
    });
    if (window.used > options.rateLimit) return sendError(response, tooMany());
    next();
  };
  return { middleware, clear: () => windows.clear() };
}
