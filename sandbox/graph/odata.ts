/** OData as Graph speaks it: `$select`, `$filter`, `$top`, paging by opaque skip tokens. */
import type { Request } from 'express';
import { cursorAfter, resume } from '../core/cursor.ts';
import { compileFilter } from '../core/filter.ts';
import { queryText } from '../core/http.ts';
import { badRequest } from './errors.ts';

/** The names in `$select`, or undefined when all defaults are wanted. */
export function readSelect(request: Request): readonly string[] | undefined {
  const names = queryText(request, '$select')
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names === undefined || names.length === 0 ? undefined : names;
}

/** Only these fields; a name nothing has is left out. */
export function pick(
  fields: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (name in fields ? [[name, fields[name]]] : [])));
}

/** `$top` or the page size, 400 outside 1…`most`; `Prefer: odata.maxpagesize` may lower it. */
export function readPageSize(request: Request, standard: number, most = 999): number {
  const top = queryText(request, '$top');
  const size = top === undefined ? standard : Number(top);
  if (!Number.isInteger(size) || size < 1 || size > most)
    throw badRequest(`Invalid page size specified: '${top}'. Must be between 1 and ${most} inclusive.`);
  const preferred = Number(/odata\.maxpagesize=(\d+)/i.exec(request.get('prefer') ?? '')?.[1] ?? size);
  return Math.max(1, Math.min(size, preferred));
}

/** A collection to show a page of. */
export interface Collection<T extends { readonly id: string }> {
  /** Base URL of the instance. */
  readonly url: string;
  /** The fragment of `@odata.context`. */
  readonly context: string;
  readonly items: readonly T[];
  readonly pageSize: number;
  /** Most that `$top` may ask for; default 999. */
  readonly most?: number;
  /** The fields that `$filter` looks at. */
  readonly filterOn: (item: T) => object;
  readonly show: (item: T) => object;
}

/** One page, as the request asks for it. */
export function collection<T extends { readonly id: string }>(
  request: Request,
  { url, context, items, pageSize, most, filterOn, show }: Collection<T>,
): object {
  const filter = queryText(request, '$filter');
  const matches = filter === undefined ? undefined : compileFilter(filter);
  const found = matches === undefined ? items : items.filter((item) => matches(filterOn(item)));
  const token = queryText(request, '$skiptoken');
  const rest = token === undefined ? found : resume(token, items, found);
  if (rest === undefined) throw badRequest('The specified skip token is invalid.');
  const page = rest.slice(0, readPageSize(request, pageSize, most));
  const last = page.at(-1);
  const end = found.length - rest.length + page.length;
  const link =
    last === undefined || page.length === rest.length
      ? {}
      : { '@odata.nextLink': linkWith(request, url, '$skiptoken', cursorAfter(last, end)) };
  return {
    '@odata.context': `${url}/v1.0/$metadata#${context}`,
    ...(queryText(request, '$count') === 'true' ? { '@odata.count': found.length } : {}),
    ...link,
    value: page.map(show),
  };
}

/** This request's URL with another value for one parameter; `$` and `,` stay readable. */
export function linkWith(request: Request, url: string, name: string, value: string): string {
  const kept = Object.keys(request.query)
    .filter((key) => key !== name)
    .map((key) => `${key}=${encodeURIComponent(queryText(request, key) ?? '').replaceAll('%2C', ',')}`);
  return `${url}${request.baseUrl}${request.path}?${[...kept, `${name}=${encodeURIComponent(value)}`].join('&')}`;
}
