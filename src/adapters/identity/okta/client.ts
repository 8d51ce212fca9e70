/**
 * Okta's official client, with what it does on its own switched off: its cache of GETs (a read "again, just before" could
 * be stale), its repeats after 429, and redirects (the token is for one origin). Each call here is one HTTP request.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import type * as OktaSdk from '@okta/okta-sdk-nodejs';
import { z } from 'zod';
import { ConnectorError } from '../../errors.ts';
import type { CallOptions, Page } from '../../read-options.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import { retryAfterMs, statusFailure, transportFailure, unexpectedAnswer } from '../../clients/failure.ts';
import type { Call } from '../../clients/failure.ts';
import { TokenBucket } from '../../clients/token-bucket.ts';
import type { OktaSettings } from './settings.ts';

export interface OktaClient {
  /** One resource. `path` begins with `/api/v1/`, variable parts encoded. */
  get<T>(operation: string, path: string, schema: z.ZodType<T>, options?: CallOptions): Promise<T>;
  /** One page of a listing: `at` is a path, or the `next` of the page before (Okta's own Link header). */
  page<T>(operation: string, at: string, schema: z.ZodType<T>, options?: CallOptions): Promise<Page<T>>;
  /** A change, through the client's typed API. */
  write(
    operation: string,
    send: (users: OktaSdk.UserApi) => Promise<unknown>,
    options?: CallOptions,
  ): Promise<void>;
}

/** What belongs to the one request under way; the client has no place to hand it through. */
interface Underway {
  readonly signal: AbortSignal | undefined;
  /** Whether the request left: before that, even a write may simply be repeated. */
  sent: boolean;
}

/** A link in an answer that leads to another origin: it would carry the token there. */
class ForeignAddress extends Error {}

/**
 * Loaded where it is used: it is two thousand files, a second and 90 MiB, and whoever only reads the configuration or takes
 * webhooks in (the API, most commands) asks Okta nothing.
 */
function oktaSdk(): typeof OktaSdk {
  return createRequire(import.meta.url)('@okta/okta-sdk-nodejs');
}

export function createOktaClient(
  connector: string,
  settings: OktaSettings,
  deps: AdapterDeps = {},
): OktaClient {
  const { Client, Collection, DefaultRequestExecutor } = oktaSdk();
  const base = new URL(settings.baseUrl).origin;
  const clock = deps.clock ?? (() => new Date());
  const bucket = new TokenBucket(settings);
  const calls = new AsyncLocalStorage<Underway>();

  class OneRequest extends DefaultRequestExecutor {
    override async fetch(
      request: Parameters<InstanceType<typeof DefaultRequestExecutor>['fetch']>[0],
    ): ReturnType<InstanceType<typeof DefaultRequestExecutor>['fetch']> {
      const call = calls.getStore();
      if (new URL(request.url ?? '').origin !== base) throw new ForeignAddress();
      await bucket.take(call?.signal);
      if (call !== undefined) call.sent = true;
      Object.assign(
        request,
        { redirect: 'manual' },
        call?.signal === undefined ? {} : { signal: call.signal },
      );
      return super.fetch(request);
    }
  }

  const client = new Client({
    orgUrl: base,
    token: settings.apiToken,
    // Said explicitly, since the client would else take it from the environment or a file in the home directory.
    authorizationMode: 'SSWS',
    requestExecutor: new OneRequest({ maxRetries: 0, requestTimeout: settings.requestTimeoutMs }),
    cacheMiddleware: null,
  });

  async function run<T>(at: Call, options: CallOptions | undefined, send: () => Promise<T>): Promise<T> {
    const call: Underway = { signal: options?.signal, sent: false };
    try {
      return await calls.run(call, send);
    } catch (error) {
      throw toConnectorError(at, error, call, clock());
    }
  }

  return {
    async get(operation, path, schema, options) {
      const at: Call = { connector, operation, effect: 'read' };
      const answer = await run(at, options, () => client.http.getJson(base + path));
      return parse(at, schema, answer);
    },
    async page(operation, address, schema, options) {
      const at: Call = { connector, operation, effect: 'read' };
      const collection = new Collection<unknown>(client.http, new URL(address, base).href);
      const rows = await run(at, options, () => collection.getNextPage());
      return { items: parse(at, z.array(schema), rows), next: collection.nextUri ?? null };
    },
    async write(operation, send, options) {
      await run({ connector, operation, effect: 'write' }, options, () => send(client.userApi));
    },
  };
}

function parse<T>(at: Call, schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw unexpectedAnswer(at, parsed.error);
  return parsed.data;
}

function toConnectorError(at: Call, error: unknown, call: Underway, now: Date): ConnectorError {
  if (error instanceof ConnectorError) return error;
  if (error instanceof ForeignAddress) return unexpectedAnswer(at);
  if (isAnswer(error)) {
    const { status, errorCode: vendorCode } = error;
    // E0000038: the user's status does not allow it (403); reading again tells what it is.
    if (vendorCode === 'E0000038')
      return new ConnectorError('conflict', at.connector, at.operation, { status, vendorCode });
    return statusFailure(at, status, { retryAfterMs: delayOf(status, error.headers, now), vendorCode });
  }
  // A 2xx whose body is not JSON: node-fetch says `invalid-json`, the generated code throws a SyntaxError or TypeError.
  if (
    call.sent &&
    (error instanceof SyntaxError ||
      (error instanceof Error && 'type' in error && error.type === 'invalid-json'))
  ) {
    return unexpectedAnswer(at);
  }
  return transportFailure(call.sent ? at : { ...at, effect: 'read' }, error);
}

interface Answer {
  readonly status: number;
  readonly errorCode?: unknown;
  readonly headers: { get(name: string): string | null };
}

/** What the client throws for an answer that is not 2xx (`OktaApiError`, `HttpError`). */
function isAnswer(error: unknown): error is Answer {
  return (
    error instanceof Error && 'status' in error && typeof error.status === 'number' && 'headers' in error
  );
}

/** At 429 Okta tells when the window ends (`X-Rate-Limit-Reset`, epoch seconds), by its own clock (`Date`). */
function delayOf(status: number, headers: Answer['headers'], now: Date): number | undefined {
  const reset = Number(headers.get('x-rate-limit-reset') ?? Number.NaN);
  // Every answer carries the header; elsewhere it says nothing about when to come back.
  if (status !== 429 || !(reset > 0)) return retryAfterMs(headers.get('retry-after'), now);
  const date = Date.parse(headers.get('date') ?? '');
  // `Date` is cut to the second: one more, so that the window has surely ended.
  return Math.max(0, reset * 1000 - (Number.isNaN(date) ? now.getTime() : date)) + 1000;
}
