/** `GET /api/now/table/{table}` and `…/{sys_id}`. */
import { Router } from 'express';
import type { Request, Response } from 'express';
import { queryText, routeText } from '../core/http.ts';
import { noRecord, sendError } from './errors.ts';
import type { ServiceNowOptions } from './options.ts';
import { readQuery } from './query.ts';
import { printed } from './rows.ts';
import type { Form } from './rows.ts';
import { isTable, rowsOf } from './tables.ts';
import type { Row, Store, TableName } from './tables.ts';

export interface Reads {
  readonly store: () => Store;
  readonly options: ServiceNowOptions;
  readonly url: () => string;
  /** Called once the answer that showed these records is on its way. */
  readonly shown: (rows: readonly Row[]) => void;
}

export function readRoutes({ store, options, url, shown }: Reads): Router {
  const router = Router();

  router.get('/:table', (request, response) => {
    const table = tableOf(request, response);
    if (table === null) return;
    const found = search(store(), table, queryText(request, 'sysparm_query') ?? '', options);
    const limit = wholeNumber(queryText(request, 'sysparm_limit')) ?? options.defaultLimit;
    const offset = wholeNumber(queryText(request, 'sysparm_offset')) ?? 0;
    // The cut comes before access control: a page may be short, or empty, and not be the last.
    const page = found.slice(offset, offset + limit);
    const rows = page.filter((row) => !store().acl.hiddenRows.includes(row['sys_id'] ?? ''));
    response.set('X-Total-Count', String(found.length));
    if (queryText(request, 'sysparm_suppress_pagination_header') !== 'true' && found.length > limit)
      response.set('Link', links(request, url(), limit, offset, found.length));
    const form = formOf(request, url());
    response.json({ result: rows.map((row) => printed(store(), table, row, form)) });
    shown(rows);
  });

  router.get('/:table/:sysId', (request, response) => {
    const table = tableOf(request, response);
    if (table === null) return;
    const row = rowsOf(store(), table).get(routeText(request, 'sysId'));
    if (row === undefined || store().acl.hiddenRows.includes(row['sys_id'] ?? '')) return noRecord(response);
    response.json({ result: printed(store(), table, row, formOf(request, url())) });
    shown([row]);
  });
  return router;
}

export function tableOf(request: Request, response: Response): TableName | null {
  const table = routeText(request, 'table');
  if (isTable(table)) return table;
  sendError(response, 400, `Invalid table ${table}`, '');
  return null;
}

export function formOf(request: Request, url: string): Form {
  const fields = queryText(request, 'sysparm_fields');
  const display = queryText(request, 'sysparm_display_value');
  return {
    fields: fields === undefined || fields === '' ? null : fields.split(',').map((each) => each.trim()),
    display: display === 'true' || display === 'all' ? display : 'false',
    withoutLinks: queryText(request, 'sysparm_exclude_reference_link') === 'true',
    url,
  };
}

function search(store: Store, table: TableName, text: string, options: ServiceNowOptions): Row[] {
  const query = readQuery(table, text);
  if (query.invalid && options.invalidQueryReturnsNoRows) return [];
  const found = [...rowsOf(store, table).values()].filter(query.matches);
  // Without a wish the order is the database's own: here the newest first, so that nobody relies on another.
  if (query.order.length === 0) return found.toReversed();
  return found.toSorted((a, b) => {
    for (const { column, down } of query.order) {
      const [left, right] = [a[column] ?? '', b[column] ?? ''];
      if (left !== right) return left < right === down ? 1 : -1;
    }
    return 0;
  });
}

function links(request: Request, url: string, limit: number, offset: number, total: number): string {
  const last = Math.floor((total - 1) / limit) * limit;
  const at = (rel: string, where: number): string => {
    const target = new URL(request.originalUrl, url);
    target.searchParams.set('sysparm_limit', String(limit));
    target.searchParams.set('sysparm_offset', String(where));
    return `<${target.toString()}>;rel="${rel}"`;
  };
  return [
    at('first', 0),
    ...(offset > 0 ? [at('prev', Math.max(0, offset - limit))] : []),
    ...(offset + limit < total ? [at('next', offset + limit)] : []),
    at('last', last),
  ].join(',');
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/u.test(text) ? Number(text) : undefined;
}
