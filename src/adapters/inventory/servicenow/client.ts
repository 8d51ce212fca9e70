/** ServiceNow's Table API over HTTP: tokens, queries that are checked again, lists read to their end. */
import { ConnectorError } from '../../errors.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import { createHttpClient, parseJson } from '../../clients/http.ts';
import type { HttpAnswer, HttpRequest } from '../../clients/http.ts';
import { TokenBucket } from '../../clients/token-bucket.ts';
import { createTokenSource } from '../../clients/token-source.ts';
import type { CallOptions } from '../../read-options.ts';
import { idOf, ListAnswer } from './schema.ts';
import type { TableRow } from './schema.ts';
import type { ServiceNowSettings } from './settings.ts';

/** A list as it is asked for. `query` is an encoded query without an order. */
export interface TableQuery {
  readonly operation: string;
  readonly table: string;
  readonly query: string;
  readonly fields: readonly string[];
}

export interface TablePage {
  readonly rows: readonly TableRow[];
  /** All rows that the query finds, those included that access control hides from us. */
  readonly total: number;
  /** Whether there is more. A page may be short, even empty, before the end: rows are cut before access control. */
  readonly more: boolean;
}

export interface ServiceNowClient {
  readonly connector: string;
  readonly settings: ServiceNowSettings;
  readonly clock: () => Date;
  send(request: HttpRequest, options?: CallOptions): Promise<HttpAnswer>;
  page(query: TableQuery, offset: number, options?: CallOptions): Promise<TablePage>;
  /**
   * Every row that a query finds, each compared with `fits` again: an instance passes over a term that it cannot read, and
   * answers with the rows of what is left. @throws ConnectorError `unexpected-answer` (`QUERY_IGNORED`) then, `refused`
   * (`ROWS_HIDDEN`) when access control keeps rows from us, `retryable` when the list does not hold still.
   */
  all(
    query: TableQuery,
    fits: (row: TableRow) => boolean,
    options?: CallOptions,
  ): Promise<readonly TableRow[]>;
}

/** How often a list that changed under the reader is begun anew. */
const ROUNDS = 3;

export function createClient(
  connector: string,
  settings: ServiceNowSettings,
  deps: AdapterDeps,
): ServiceNowClient {
  const base = settings.baseUrl.replace(/\/+$/u, '');
  const http = createHttpClient({
    connector,
    baseUrl: `${base}/api/now/table`,
    headers: { accept: 'application/json' },
    timeLimitMs: settings.timeLimitMs,
    bucket: new TokenBucket(settings),
    deps,
  });
  const credentials = credentialsOf(connector, base, settings, deps);

  /** A token that is refused is forgotten; a read is then tried once with another. */
  async function send(request: HttpRequest, options?: CallOptions, again = true): Promise<HttpAnswer> {
    const authorization = await credentials.get(options?.signal);
    try {
      return await http.send({ ...request, headers: { ...request.headers, authorization } }, options);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.status !== 401) throw error;
      const renewable = credentials.forget(authorization);
      if (!again || !renewable || request.effect !== 'read') throw error;
      return send(request, options, false);
    }
  }

  async function page(wanted: TableQuery, offset: number, options?: CallOptions): Promise<TablePage> {
    const { operation, table, query, fields } = wanted;
    const answer = await send(
      {
        operation,
        effect: 'read',
        method: 'GET',
        path: `/${table}`,
        query: {
          // By an id that never changes, so that pages join up.
          sysparm_query: `${query === '' ? '' : `${query}^`}ORDERBYsys_id`,
          sysparm_fields: ['sys_id', ...fields].join(','),
          sysparm_display_value: 'all',
          sysparm_exclude_reference_link: 'true',
          sysparm_limit: settings.pageSize,
          sysparm_offset: offset,
        },
      },
      options,
    );
    const at = { connector, operation, effect: 'read' } as const;
    const { result } = parseJson(answer.body, ListAnswer, at);
    const total = Number(answer.headers.get('x-total-count') ?? Number.NaN);
    if (!Number.isInteger(total) || total < result.length) throw unexpectedAnswer(at);
    return { rows: result, total, more: offset + settings.pageSize < total };
  }

  /** `null` when the list changed while it was read. */
  async function round(
    wanted: TableQuery,
    fits: (row: TableRow) => boolean,
    options?: CallOptions,
  ): Promise<readonly TableRow[] | null> {
    const rows = new Map<string, TableRow>();
    let total: number | null = null;
    for (let offset = 0, more = true; more; offset += settings.pageSize) {
      const next = await page(wanted, offset, options);
      if (total !== null && next.total !== total) return null;
      ({ total, more } = next);
      for (const row of next.rows) {
        if (!fits(row)) throw ignored(wanted.operation);
        rows.set(idOf(row), row);
      }
    }
    if (rows.size < (total ?? 0)) {
      throw new ConnectorError('refused', connector, wanted.operation, { vendorCode: 'ROWS_HIDDEN' });
    }
    return [...rows.values()];
  }

  function ignored(operation: string): ConnectorError {
    return new ConnectorError('unexpected-answer', connector, operation, { vendorCode: 'QUERY_IGNORED' });
  }

  return {
    connector,
    settings,
    clock: deps.clock ?? (() => new Date()),
    send,
    page,
    async all(wanted, fits, options) {
      for (let count = 0; count < ROUNDS; count += 1) {
        const rows = await round(wanted, fits, options);
        if (rows !== null) return rows;
      }
      throw new ConnectorError('retryable', connector, wanted.operation, {
        vendorCode: 'LIST_KEEPS_CHANGING',
      });
    },
  };
}

/**
 * One term of an encoded query. A value that the query language would read as something else (`^` ends a term, `javascript:`
 * is run by the instance) is never sent. @throws ConnectorError `refused` (`VALUE_NOT_QUERYABLE`)
 */
export function term(client: ServiceNowClient, operation: string, column: string, value: string): string {
  if (/[\^\r\n]/u.test(value) || /^\s*javascript:/iu.test(value)) {
    throw new ConnectorError('refused', client.connector, operation, { vendorCode: 'VALUE_NOT_QUERYABLE' });
  }
  return `${column}=${value}`;
}

interface Credentials {
  /** The `Authorization` header. */
  get(signal?: AbortSignal): Promise<string>;
  /** Whether asking again may give another one. */
  forget(authorization: string): boolean;
}

function credentialsOf(
  connector: string,
  base: string,
  { auth, timeLimitMs }: ServiceNowSettings,
  deps: AdapterDeps,
): Credentials {
  if (auth.type === 'basic') {
    const pair = Buffer.from(`${auth.username}:${auth.password}`, 'utf8').toString('base64');
    return { get: () => Promise.resolve(`Basic ${pair}`), forget: () => false };
  }
  const form = () =>
    new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: auth.clientId,
      client_secret: auth.clientSecret,
    });
  const tokens = createTokenSource(connector, { url: `${base}/oauth_token.do`, timeLimitMs, form }, deps);
  return {
    get: async (signal) => `Bearer ${await tokens.get(signal)}`,
    forget(authorization) {
      tokens.forget(authorization.slice('Bearer '.length));
      return true;
    },
  };
}
