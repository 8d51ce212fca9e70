/** Microsoft's official Graph client behind our own chain: each call is one request, and fails as a `ConnectorError`. */
import { Client, ResponseType } from '@microsoft/microsoft-graph-client';
import { z } from 'zod';
import { ConnectorError } from '../../errors.ts';
import type { CallOptions, Page } from '../../read-options.ts';
import type { AdapterDeps } from '../deps.ts';
import { retryAfterMs, statusFailure, transportFailure, unexpectedAnswer } from '../failure.ts';
import type { Call } from '../failure.ts';
import { TokenBucket } from '../token-bucket.ts';
import { AuthenticationHandler, SendHandler, WatchingHandler } from './chain.ts';
import type { ChainParts, Outcome } from './chain.ts';
import type { GraphConnection } from './settings.ts';
import { graphTokens } from './token.ts';

const VERSION = 'v1.0';

export interface GraphClient {
  /** One resource. `at` begins with a slash and is below `/v1.0`, variable parts encoded. */
  get<T>(operation: string, at: string, schema: z.ZodType<T>, options?: CallOptions): Promise<T>;
  /** One page of a collection; `at` is a path, or the `next` of the page before. */
  page<T>(operation: string, at: string, schema: z.ZodType<T>, options?: CallOptions): Promise<Page<T>>;
  /** All pages of a collection, or it throws. */
  all<T>(operation: string, at: string, schema: z.ZodType<T>, options?: CallOptions): Promise<readonly T[]>;
  /** A change. Resolves to the answer's JSON, `undefined` when it has no body. */
  write(
    operation: string,
    method: 'POST' | 'PATCH' | 'DELETE',
    at: string,
    body?: object,
    options?: CallOptions,
  ): Promise<unknown>;
  /** A link out of an answer (`@odata.nextLink`, `@odata.deltaLink`) as a path for `get`. */
  pathOf(operation: string, link: string): string;
}

export function createGraphClient(
  connector: string,
  settings: GraphConnection,
  deps: AdapterDeps = {},
): GraphClient {
  const base = `${settings.baseUrl.replace(/\/+$/u, '')}/${VERSION}/`;
  const clock = deps.clock ?? (() => new Date());
  const bucket = new TokenBucket(settings);
  const tokens = graphTokens(connector, settings, deps);

  async function send(
    call: Call,
    method: string,
    at: string,
    body: object | undefined,
    options: CallOptions = {},
  ): Promise<unknown> {
    const outcome: Outcome = { sent: false };
    const parts: ChainParts = {
      tokens,
      given: options.signal,
      base,
      fetch: deps.fetch ?? fetch,
      turn: () => bucket.take(options.signal),
      signal: () => {
        const limit = AbortSignal.timeout(settings.requestTimeoutMs);
        return options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]);
      },
      outcome,
    };
    const middleware = new AuthenticationHandler(parts, new WatchingHandler(parts, new SendHandler(parts)));
    const request = Client.initWithMiddleware({ middleware, baseUrl: base, defaultVersion: '' })
      .api(at)
      .responseType(ResponseType.RAW);
    try {
      // RAW: the client hands the response through, so that its status and headers are not lost in its own errors.
      if (method === 'GET') await request.get();
      else if (method === 'DELETE') await request.delete();
      else await (method === 'POST' ? request.post(body) : request.patch(body));
    } catch (error) {
      const cause = outcome.failure ?? error;
      if (cause instanceof ConnectorError) throw cause;
      throw transportFailure(outcome.sent ? call : { ...call, effect: 'read' }, cause);
    }
    return readAnswer(call, outcome.response, clock());
  }

  async function get<T>(
    operation: string,
    at: string,
    schema: z.ZodType<T>,
    options?: CallOptions,
  ): Promise<T> {
    const call: Call = { connector, operation, effect: 'read' };
    return parse(call, schema, await send(call, 'GET', at, undefined, options));
  }

  function pathOf(operation: string, link: string): string {
    // A link that leads elsewhere would carry the token there; nothing is sent.
    if (!link.startsWith(base)) throw unexpectedAnswer({ connector, operation, effect: 'read' });
    return link.slice(base.length - 1);
  }

  async function page<T>(
    operation: string,
    at: string,
    schema: z.ZodType<T>,
    options?: CallOptions,
  ): Promise<Page<T>> {
    const path = at.startsWith('/') ? at : pathOf(operation, at);
    const collection = z.looseObject({
      value: z.array(schema),
      '@odata.nextLink': z.string().min(1).optional(),
    });
    const answer = await get(operation, path, collection, options);
    const next = answer['@odata.nextLink'];
    return { items: answer.value, next: next === undefined ? null : pathOf(operation, next) };
  }

  return {
    get,
    page,
    pathOf,
    async all(operation, at, schema, options) {
      const items = [];
      for (let next: string | null = at; next !== null;) {
        const one: Page<z.infer<typeof schema>> = await page(operation, next, schema, options);
        items.push(...one.items);
        next = one.next;
      }
      return items;
    },
    write: (operation, method, at, body, options) =>
      send({ connector, operation, effect: 'write' }, method, at, body, options),
  };
}

const GraphFailure = z.looseObject({ error: z.looseObject({ code: z.string() }) });

async function readAnswer(call: Call, response: Response | undefined, now: Date): Promise<unknown> {
  if (response === undefined) throw transportFailure(call, new Error('no response'));
  let text: string;
  try {
    text = await response.text();
  } catch (cause) {
    throw transportFailure(call, cause);
  }
  let body: unknown;
  try {
    body = text === '' ? undefined : JSON.parse(text);
  } catch {
    // Something else answered in Graph's place, or changed its answer: of a write nobody knows what became.
    if (response.ok && call.effect === 'write')
      throw transportFailure(call, new Error('the answer is not JSON'));
    if (response.ok) throw unexpectedAnswer(call, undefined, response.status);
  }
  if (response.ok) return body;
  throw statusFailure(call, response.status, {
    retryAfterMs: retryAfterMs(response.headers.get('retry-after'), now),
    vendorCode: GraphFailure.safeParse(body).data?.error.code,
  });
}

function parse<T>(call: Call, schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw unexpectedAnswer(call, parsed.error);
  return parsed.data;
}
