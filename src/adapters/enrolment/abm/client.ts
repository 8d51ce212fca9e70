/** Apple's API over HTTP, with tokens for a signed assertion (RFC 7523). There is no official Node client. */
import { createPrivateKey, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { z } from 'zod';
import { ConnectorError } from '../../errors.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import { createHttpClient, parseJson } from '../../clients/http.ts';
import type { HttpRequest } from '../../clients/http.ts';
import { TokenBucket } from '../../clients/token-bucket.ts';
import { createTokenSource } from '../../clients/token-source.ts';
import type { CallOptions } from '../../read-options.ts';
import { AppleErrors } from './schema.ts';
import type { AbmSettings } from './settings.ts';

const HOST = { business: 'https://api-business.apple.com', school: 'https://api-school.apple.com' } as const;
/** An assertion may live for 180 days; ours is used once. */
const ASSERTION_SECONDS = 300;

export interface AbmClient {
  readonly connector: string;
  readonly settings: AbmSettings;
  /** One request, parsed. @throws ConnectorError */
  ask<T>(request: HttpRequest, schema: z.ZodType<T>, options?: CallOptions): Promise<T>;
}

export function createClient(connector: string, settings: AbmSettings, deps: AdapterDeps): AbmClient {
  const http = createHttpClient({
    connector,
    baseUrl: settings.baseUrl ?? HOST[settings.programme],
    // Apple answers 406 without it.
    headers: { accept: 'application/json' },
    timeLimitMs: settings.timeLimitMs,
    bucket: new TokenBucket(settings),
    deps,
    errorCode: codeOf,
  });
  const tokens = createTokenSource(
    connector,
    {
      url: settings.tokenUrl,
      timeLimitMs: settings.timeLimitMs,
      form: async (now) =>
        new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: settings.clientId,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: await assertion(settings, now),
          scope: `${settings.programme}.api`,
        }),
    },
    deps,
  );

  /** A token that Apple refuses is forgotten; a read is then tried once with another. */
  async function send(request: HttpRequest, options: CallOptions | undefined, again: boolean) {
    const token = await tokens.get(options?.signal);
    try {
      return await http.send({ ...request, headers: { authorization: `Bearer ${token}` } }, options);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.status !== 401) throw error;
      tokens.forget(token);
      if (!again || request.effect !== 'read') throw error;
      return send(request, options, false);
    }
  }

  return {
    connector,
    settings,
    async ask(request, schema, options) {
      const { body } = await send(request, options, true);
      return parseJson(body, schema, { connector, operation: request.operation, effect: request.effect });
    },
  };
}

function assertion({ audience, clientId, keyId, privateKey }: AbmSettings, now: Date): Promise<string> {
  const issued = Math.floor(now.getTime() / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: 'ES256', kid: keyId })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setIssuedAt(issued)
    .setExpirationTime(issued + ASSERTION_SECONDS)
    .setJti(randomUUID())
    .sign(createPrivateKey(privateKey));
}

function codeOf(body: Buffer): unknown {
  try {
    return AppleErrors.safeParse(JSON.parse(body.toString('utf8'))).data?.errors[0]?.code;
  } catch {
    return undefined;
  }
}
