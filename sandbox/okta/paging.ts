/** Okta's paging: `limit`, an opaque `after`, and Link headers. */
import type { Request, Response } from 'express';
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

/** Sends one page of `items` (each with an id that says where the next page begins), with Link headers. */
export function sendPage<T extends { readonly id: string }>(
  request: Request,
  response: Response,
  base: string,
  items: readonly T[],
  limit: number,
  show: (item: T) => object,
): void {
  const after = queryText(request, 'after');
  let start = 0;
  if (after !== undefined) {
    const id = Buffer.from(after, 'base64url').toString();
    start = items.findIndex((item) => item.id === id) + 1;
    if (start === 0) throw invalid('after', 'The after cursor is not valid');
  }
  const page = items.slice(start, start + limit);
  link(response, base + request.originalUrl, 'self');
  const last = page.at(-1);
  if (last !== undefined && start + limit < items.length)
    link(response, withAfter(request, base, Buffer.from(last.id).toString('base64url')), 'next');
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
