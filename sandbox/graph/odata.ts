/** OData as Graph speaks it: `$select`, `$filter`, `$top`, paging by opaque skip tokens. */
import type { Request } from 'express';
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

/** `$top` or the page size, 400 outside 1…999; `Prefer: odata.maxpagesize` may lower it. */
export function readPageSize(request: Request, standard: number): number {
  const top = queryText(request, '$top');
  const size = top === undefined ? standard : Number(top);
  if (!Number.isInteger(size) || size < 1 || size > 999)
    throw badRequest(`Invalid page size specified: '${top}'. Must be between 1 and 999 inclusive.`);
  const preferred = Number(/odata\.maxpagesize=(\d+)/i.exec(request.get('prefer') ?? '')?.[1] ?? size);
  return Math.max(1, Math.min(size, preferred));
}

/** One page of a collection. `show` gets the fields to show; `url` is the base URL of the instance. */
export function collection<T extends { readonly id: string }>(
  request: Request,
  {
    url,
    context,
    items,
    pageSize,
    filterOn,
    show,
  }: {
    url: string;
    context: string;
    items: readonly T[];
    pageSize: number;
    filterOn: (item: T) => object;
    show: (item: T) => object;
  },
): object {
  const filter = queryText(request, '$filter');
  const matches = filter === undefined ? () => true : compileFilter(filter);
  const found = items.filter((item) => matches(filterOn(item)));
  const token = queryText(request, '$skiptoken');
  let start = 0;
  if (token !== undefined) {
    const last = Buffer.from(token, 'base64url').toString();
    start = found.findIndex(({ id }) => id === last) + 1;
    if (start === 0) throw badRequest('The specified skip token is invalid.');
  }
  const size = readPageSize(request, pageSize);
  const page = found.slice(start, start + size);
  const last = page.at(-1);
  const more = last !== undefined && start + size < found.length;
  return {
    '@odata.context': `${url}/v1.0/$metadata#${context}`,
    ...(queryText(request, '$count') === 'true' ? { '@odata.count': found.length } : {}),
    ...(more
      ? {
          '@odata.nextLink': linkWith(request, url, '$skiptoken', Buffer.from(last.id).toString('base64url')),
        }
      : {}),
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
