/** Okta's paging: `limit`, an opaque `after`, and Link headers. */
import type { Request, Response } from 'express';
import { cursorAfter, resume } from '../core/cursor.ts';
import { queryText } from '../core/http.ts';
import { invalid } from './errors.ts';

/** Reads `limit`, 400 when out of range. */
export function readLimit(request: Request, standard: number, most: number): number {
  const text = queryText(request, 'limit');
  if (text === undefined) return standard;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > most)
    throw invalid('limit', `limit: must be between 1 and ${most}`);
  return limit;
}

/** A list to send a page of. */
export interface List<T extends { readonly id: string }> {
  /** Base URL of the instance. */
  readonly url: string;
  readonly items: readonly T[];
  /** Which of them are wanted; default all. */
  readonly matches?: (item: T) => boolean;
  readonly limit: number;
  readonly show: (item: T) => object;
}

/** Sends one page, with Link headers. */
export function sendPage<T extends { readonly id: string }>(
  request: Request,
  response: Response,
  { url, items, matches = () => true, limit, show }: List<T>,
): void {
  const found = items.filter(matches);
  const after = queryText(request, 'after');
  const rest = after === undefined ? found : resume(after, items, found);
  if (rest === undefined) throw invalid('after', 'The after cursor is not valid');
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  link(response, url + request.originalUrl, 'self');
  if (last !== undefined && page.length < rest.length) {
    link(
      response,
      withAfter(request, url, cursorAfter(last, found.length - rest.length + page.length)),
      'next',
    );
  }
  response.json(page.map(show));
}

/** Adds a Link header. */
export function link(response: Response, url: string, rel: 'self' | 'next'): void {
  response.append('link', `<${url}>; rel="${rel}"`);
}

/** This request's URL with another cursor. */
export function withAfter(
  request: Request,
  base: string,
  after: string,
  drop: readonly string[] = [],
): string {
  const url = new URL(request.originalUrl, base);
  for (const name of drop) url.searchParams.delete(name);
  url.searchParams.set('after', after);
  return url.href;
}
