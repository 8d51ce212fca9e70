import type { Request, RequestHandler, Response } from 'express';
import { queryText } from '../core/http.ts';

const MAX_PAGE = 100;
const DEFAULT_PAGE = 25;

/** Answers with one sentence, as the vendor does for what is not about a field. */
export function fail(response: Response, status: number, detail: string): void {
  response.status(status).json({ detail });
}

export function notFound(response: Response): void {
  fail(response, 404, 'Not found.');
}

/** 400: under each field's name, what is wrong with it. */
export function invalid(response: Response, ...fields: string[]): void {
  response.status(400).json(Object.fromEntries(fields.map((name) => [name, ['This field is required.']])));
}

/** 429. The vendor documents no `Retry-After`: clients must back off by themselves. */
export function throttled(response: Response): void {
  fail(response, 429, 'Request was throttled.');
}

/** One page of a list, newest first: `page` from 1, `results` up to 100; `next` and `previous` are addresses. */
export function pageOf(request: Request, base: string, newestFirst: readonly object[]): object {
  const size = Math.min(MAX_PAGE, whole(queryText(request, 'results')) ?? DEFAULT_PAGE);
  const page = whole(queryText(request, 'page')) ?? 1;
  const at = (other: number): string => {
    const url = new URL(request.originalUrl, base);
    url.searchParams.set('page', String(other));
    return url.href;
  };
  return {
    next: newestFirst.length > page * size ? at(page + 1) : null,
    previous: page > 1 ? at(page - 1) : null,
    results: newestFirst.slice((page - 1) * size, page * size),
  };
}

function whole(text: string | undefined): number | undefined {
  const number = Math.trunc(Number(text));
  return number >= 1 ? number : undefined;
}

/** So many list requests in one minute. */
export function listLimit(perMinute: number): { readonly handler: RequestHandler; reset(): void } {
  let minute = 0;
  let used = 0;
  return {
    handler(_request, response, next) {
      const now = Math.floor(Date.now() / 60_000);
      if (now !== minute) {
        minute = now;
        used = 0;
      }
      used += 1;
      if (perMinute === 0 || used <= perMinute) return next();
      throttled(response);
    },
    reset() {
      minute = 0;
    },
  };
}

/** `Authorization: ShippoToken <token>`. */
export function token(expected: string): RequestHandler {
  return (request, response, next) => {
    const given = request.headers.authorization;
    if (given === undefined) return fail(response, 401, 'Authentication credentials were not provided.');
    if (given !== `ShippoToken ${expected}`) return fail(response, 401, 'Token does not exist.');
    next();
  };
}

/** An object's fields; undefined for anything else. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}

/** Text that is not empty; undefined for anything else. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
