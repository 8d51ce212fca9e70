/** Snipe-IT over HTTP: the envelope that says "error" with status 200, and lists read to their end. */
import { z } from 'zod';
import { ConnectorError } from '../../errors.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import { createHttpClient, parseJson } from '../../clients/http.ts';
import type { HttpRequest } from '../../clients/http.ts';
import { TokenBucket } from '../../clients/token-bucket.ts';
import type { CallOptions } from '../../read-options.ts';
import { AnyPage, ErrorEnvelope } from './schema.ts';
import type { SnipeitSettings } from './settings.ts';

/** What one page of a list holds. */
export interface ListPage<T> {
  readonly total: number;
  readonly rows: readonly T[];
}

export interface SnipeitClient {
  readonly connector: string;
  readonly settings: SnipeitSettings;
  /** One answer. @throws ConnectorError `not-found` or `refused` for an error envelope, else as `HttpClient`. */
  ask<T>(request: HttpRequest, schema: z.ZodType<T>, options?: CallOptions): Promise<T>;
  page<T>(list: List<T>, offset: number, options?: CallOptions): Promise<ListPage<T>>;
  /** Every row of a list, or it throws: `retryable` when the list does not hold still, `unexpected-answer` when it ends too soon. */
  all<T>(list: List<T>, options?: CallOptions): Promise<readonly T[]>;
}

export interface List<T> {
  readonly operation: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly row: z.ZodType<T>;
}

/** How often a list that changed under the reader is begun anew. */
const ROUNDS = 3;

export function createClient(connector: string, settings: SnipeitSettings, deps: AdapterDeps): SnipeitClient {
  const http = createHttpClient({
    connector,
    baseUrl: `${settings.baseUrl.replace(/\/+$/u, '')}/api/v1`,
    // Without `accept` a wrong token is a redirect to a login page.
    headers: { authorization: `Bearer ${settings.token}`, accept: 'application/json' },
    timeLimitMs: settings.timeLimitMs,
    bucket: new TokenBucket(settings),
    deps,
  });

  async function ask<T>(request: HttpRequest, schema: z.ZodType<T>, options?: CallOptions): Promise<T> {
    const at = { connector, operation: request.operation, effect: request.effect };
    const { body, status } = await http.send(request, options);
    const answer = parseJson(body, z.unknown(), at);
    const failed = ErrorEnvelope.safeParse(answer);
    if (failed.success) {
      const code = saysNotFound(failed.data.messages) ? 'not-found' : 'refused';
      throw new ConnectorError(code, connector, request.operation, { status, cause: failed.data.messages });
    }
    const parsed = schema.safeParse(answer);
    if (!parsed.success) throw unexpectedAnswer(at, parsed.error);
    return parsed.data;
  }

  function saysNotFound(messages: unknown): boolean {
    if (typeof messages !== 'string') return false;
    const text = messages.toLowerCase();
    return settings.notFoundTexts.some((known) => text.includes(known.toLowerCase()));
  }

  async function page<T>(list: List<T>, offset: number, options?: CallOptions): Promise<ListPage<T>> {
    const query = { ...list.query, sort: 'id', order: 'asc', limit: settings.pageSize, offset };
    const request = {
      operation: list.operation,
      effect: 'read',
      method: 'GET',
      path: list.path,
      query,
    } as const;
    const answer = await ask(request, AnyPage, options);
    const rows = z.array(list.row).safeParse(answer.rows);
    if (!rows.success)
      throw unexpectedAnswer({ connector, operation: list.operation, effect: 'read' }, rows.error);
    return { total: answer.total, rows: rows.data };
  }

  /** `null` when the list changed while it was read. */
  async function round<T>(list: List<T>, options?: CallOptions): Promise<readonly T[] | null> {
    const rows: T[] = [];
    for (let total: number | null = null; total === null || rows.length < total;) {
      const next = await page(list, rows.length, options);
      if (total !== null && next.total !== total) return null;
      total = next.total;
      if (next.rows.length === 0 && rows.length < total) {
        throw unexpectedAnswer({ connector, operation: list.operation, effect: 'read' });
      }
      rows.push(...next.rows);
    }
    return rows;
  }

  return {
    connector,
    settings,
    ask,
    page,
    async all(list, options) {
      for (let count = 0; count < ROUNDS; count += 1) {
        const rows = await round(list, options);
        if (rows !== null) return rows;
      }
      throw new ConnectorError('retryable', connector, list.operation, { vendorCode: 'LIST_KEEPS_CHANGING' });
    },
  };
}
