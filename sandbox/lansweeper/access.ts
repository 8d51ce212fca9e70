/** Who may ask: a personal access token, or access tokens of an OAuth application (authorization code and refresh token). */
import { randomBytes } from 'node:crypto';
import express, { Router } from 'express';
import type { Request, RequestHandler, Response } from 'express';
import { jsonBody } from '../core/http.ts';
import type { LansweeperOptions } from './options.ts';

export interface Access {
  /** `POST /api/integrations/oauth/token`. */
  readonly tokens: Router;
  readonly require: RequestHandler;
  /** Somebody lets the application see the sites: the code that the callback gets. */
  authorize(): string;
  expireTokens(): void;
  /** Somebody takes that back. */
  revoke(): void;
  reset(): void;
}

export function createAccess(options: LansweeperOptions): Access {
  const { callbackUrl, clientId, clientSecret, refreshTokens, token, tokenSeconds } = options;
  const ends = new Map<string, number>();
  let refreshing = new Set([options.refreshToken]);
  let codes = new Set<string>();

  const issue = (response: Response, refreshToken?: string): void => {
    const accessToken = randomBytes(24).toString('base64url');
    ends.set(accessToken, Date.now() + tokenSeconds * 1000);
    response.json({
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: tokenSeconds,
      ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    });
  };

  const another = (): string => {
    const made = randomBytes(24).toString('base64url');
    refreshing.add(made);
    return made;
  };

  /** The refresh token that goes with a renewal, if any. */
  const renewed = (used: string): string | undefined => {
    if (refreshTokens === 'stay') return undefined;
    if (refreshTokens === 'replaced') refreshing.delete(used);
    return another();
  };

  const tokens = Router();
  tokens.post(
    '/api/integrations/oauth/token',
    express.urlencoded({ extended: false }),
    jsonBody(),
    (request, response) => {
      const refuse = (status: number, error: string) => void response.status(status).json({ error });
      if (field(request, 'client_id') !== clientId) return refuse(404, 'invalid_client');
      if (field(request, 'client_secret') !== clientSecret) return refuse(401, 'invalid_client');
      const used = field(request, 'refresh_token');
      switch (field(request, 'grant_type')) {
        case 'refresh_token':
          return refreshing.has(used) ? issue(response, renewed(used)) : refuse(401, 'invalid_grant');
        case 'authorization_code':
          if (field(request, 'redirect_uri') !== callbackUrl) return refuse(400, 'invalid_request');
          if (!codes.delete(field(request, 'code'))) return refuse(400, 'invalid_grant');
          return issue(response, another());
        default:
          return refuse(400, 'unsupported_grant_type');
      }
    },
  );

  return {
    tokens,
    require(request, response, next) {
      const sent = request.get('authorization') ?? '';
      const bearer = /^Bearer (.+)$/u.exec(sent)?.[1];
      if (bearer === undefined ? sent === `Token ${token}` : (ends.get(bearer) ?? 0) > Date.now())
        return next();
      if (bearer === undefined) return notSignedIn(response);
      // Of an access token that has ended; whoever has none is told otherwise.
      const errors = [{ message: 'Invalid access token.', extensions: { code: 'UNAUTHENTICATED' } }];
      response.status(401).json({ errors });
    },
    authorize() {
      const code = randomBytes(12).toString('base64url');
      codes.add(code);
      return code;
    },
    expireTokens: () => ends.clear(),
    revoke() {
      ends.clear();
      refreshing.clear();
    },
    // Access tokens that were given out stay good.
    reset() {
      refreshing = new Set([options.refreshToken]);
      codes = new Set();
    },
  };
}

/** 400, not 401. */
function notSignedIn(response: Response): void {
  response.status(400).json({ errors: [{ message: 'Context creation failed: You must be logged in.' }] });
}

function field(request: Request, name: string): string {
  const body: unknown = request.body;
  return typeof body === 'object' && body !== null ? String(Reflect.get(body, name) ?? '') : '';
}
