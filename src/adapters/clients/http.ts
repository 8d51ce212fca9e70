/**
 * A plain HTTP client for vendors without an official one. It sends each request exactly once: no retry, no cache, no
 * redirect (credentials are for `baseUrl` only). Failures leave it as `ConnectorError`.
 */
import { z } from 'zod';
import type { CallOptions } from '../read-options.ts';
import type { AdapterDeps } from './deps.ts';
import { retryAfterMs, statusFailure, transportFailure, unexpectedAnswer } from './failure.ts';
import type { Call } from './failure.ts';
import type { TokenBucket } from './token-bucket.ts';

export interface HttpClientOptions {
  readonly connector: string;
  /** With or without a trailing slash; paths are appended to it. */
  readonly baseUrl: string;
  /** Sent with every request: credentials and the accepted types. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds for one request, answer included; the wait for the bucket does not count. */
  readonly timeLimitMs: number;
  readonly bucket: TokenBucket;
  readonly deps?: AdapterDeps;
  /** Finds the vendor's error code in the body of a failure; anything but a short token is dropped. */
  readonly errorCode?: (body: Buffer) => unknown;
}

export interface HttpRequest {
  /** Our name of the call, for errors. */
  readonly operation: string;
  readonly effect: Call['effect'];
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with a slash; variable parts already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is; `json` wins. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface HttpClient {
  /** @throws ConnectorError for anything but a 2xx. */
  send(request: HttpRequest, options?: CallOptions): Promise<HttpAnswer>;
  /** As `send`, the body parsed. @throws ConnectorError `unexpected-answer` when it does not fit. */
  sendForJson<T>(request: HttpRequest, schema: z.ZodType<T>, options?: CallOptions): Promise<T>;
}

export function createHttpClient(client: HttpClientOptions): HttpClient {
  const base = client.baseUrl.replace(/\/+$/u, '');
  const doFetch = client.deps?.fetch ?? fetch;
  const now = client.deps?.clock ?? (() => new Date());

  async function send(request: HttpRequest, options: CallOptions = {}): Promise<HttpAnswer> {
    const at: Call = {
      connector: client.connector,
      operation: request.operation,
      effect: request.effect,
    };
    try {
      await client.bucket.take(options.signal);
    } catch (cause) {
      // Nothing was sent yet, so even a write is safe to repeat.
      throw transportFailure({ ...at, effect: 'read' }, cause);
    }
    let response: Response;
    let body: Buffer;
    try {
      const limit = AbortSignal.timeout(client.timeLimitMs);
      response = await doFetch(`${base}${request.path}${queryOf(request)}`, {
        method: request.method,
        headers: {
          ...client.headers,
          ...(request.json !== undefined && { 'content-type': 'application/json' }),
          ...request.headers,
        },
        ...bodyOf(request),
        redirect: 'manual',
        signal: options.signal ? AbortSignal.any([options.signal, limit]) : limit,
      });
      body = Buffer.from(await response.arrayBuffer());
    } catch (cause) {
      throw transportFailure(at, cause);
    }
    if (!response.ok) {
      const delay = retryAfterMs(response.headers.get('retry-after'), now());
      throw statusFailure(at, response.status, { retryAfterMs: delay, vendorCode: client.errorCode?.(body) });
    }
    return { status: response.status, headers: response.headers, body };
  }

  return {
    send,
    async sendForJson(request, schema, options) {
      const { body } = await send(request, options);
      return parseJson(body, schema, {
        connector: client.connector,
        operation: request.operation,
        effect: request.effect,
      });
    },
  };
}

/** Parses and checks a JSON body. @throws ConnectorError `unexpected-answer` */
export function parseJson<T>(body: Buffer, schema: z.ZodType<T>, at: Call): T {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    // The parser's message quotes the text, so it is not kept.
    throw unexpectedAnswer(at);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw unexpectedAnswer(at, parsed.error);
  return parsed.data;
}

function bodyOf(request: HttpRequest): { readonly body?: string } {
  if (request.json !== undefined) return { body: JSON.stringify(request.json) };
  return request.body === undefined ? {} : { body: request.body };
}

function queryOf(request: HttpRequest): string {
  if (request.query === undefined) return '';
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query)) query.append(name, String(value));
  return `?${query.toString()}`;
}

const CodedError = z.object({ error: z.object({ code: z.string() }) });

/** The code of errors shaped `{"error": {"code": …}}`. */
export function codeInError(body: Buffer): unknown {
  try {
    return CodedError.safeParse(JSON.parse(body.toString('utf8'))).data?.error.code;
  } catch {
    return undefined;
  }
}
