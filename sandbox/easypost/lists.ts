import type { Request, RequestHandler } from 'express';
import { queryText } from '../core/http.ts';
import { rateLimited } from './errors.ts';

const DEFAULT_PAGE = 20;
const MAX_PAGE = 100;

/** One page of a list, newest first, with whether there is more: `page_size`, `before_id`, `after_id`. */
export function pageOf<T extends { readonly id: string }>(
  request: Request,
  newestFirst: readonly T[],
): { readonly entries: T[]; readonly has_more: boolean } {
  const size = Math.min(
    MAX_PAGE,
    Math.max(1, Math.trunc(Number(queryText(request, 'page_size'))) || DEFAULT_PAGE),
  );
  const before = newestFirst.findIndex(({ id }) => id === queryText(request, 'before_id'));
  const after = newestFirst.findIndex(({ id }) => id === queryText(request, 'after_id'));
  if (after >= 0) {
    const start = Math.max(0, after - size);
    return { entries: newestFirst.slice(start, after), has_more: start > 0 };
  }
  const rest = newestFirst.slice(before + 1);
  return { entries: rest.slice(0, size), has_more: rest.length > size };
}

/** The fixed limit on index endpoints: so many list requests in one second. */
export function indexLimit(perSecond: number): { readonly handler: RequestHandler; reset(): void } {
  let second = 0;
  let used = 0;
  return {
    handler(_request, response, next) {
      const now = Math.floor(Date.now() / 1000);
      if (now !== second) {
        second = now;
        used = 0;
      }
      used += 1;
      if (perSecond === 0 || used <= perSecond) return next();
      rateLimited(response);
    },
    reset() {
      second = 0;
    },
  };
}

/** The body's member of that name as an object: the vendor wraps parameters in the object's name. */
export function wrapped(request: Request, name: string): Readonly<Record<string, unknown>> | undefined {
  return asRecord(asRecord(request.body)?.[name]);
}

/** An object's fields; undefined for anything else. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

/** Text that is not empty; null for anything else. */
export function asText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
