import type { Request, Response } from 'express';
import { queryText } from '../core/http.ts';
import type { Page } from './rows.ts';

/** Success in the vendor's envelope. */
export function succeed(response: Response, payload: object | null, messages: string): void {
  response.json({ status: 'success', messages, payload });
}

/** Failure in the vendor's envelope. It is HTTP 200: only the body tells. `messages` is text, or lists of texts by field. */
export function fail(
  response: Response,
  messages: string | Readonly<Record<string, readonly string[]>>,
  payload: object | null = null,
): void {
  response.json({ status: 'error', messages, payload });
}

/** One page of `all` in the vendor's list form. */
export function page<T>(
  request: Request,
  all: readonly T[],
  maxResults: number,
  row: (entry: T) => object,
): Page {
  return { total: all.length, rows: cut(request, all, maxResults).map(row) };
}

/** The part of `all` that `limit` and `offset` ask for, never more than `maxResults`. */
export function cut<T>(request: Request, all: readonly T[], maxResults: number): readonly T[] {
  const asked = wholeNumber(queryText(request, 'limit'));
  const limit = asked !== undefined && asked > 0 ? Math.min(asked, maxResults) : maxResults;
  const offset = wholeNumber(queryText(request, 'offset')) ?? 0;
  return all.slice(offset, offset + limit);
}

/** A number that may arrive as text, as form fields and query parameters do. */
export function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : undefined;
}

/** The body's fields; none when there was no object. */
export function fields(request: Request): Readonly<Record<string, unknown>> {
  const body: unknown = request.body;
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : {};
}

/** A field that is there and not empty, as text. */
export function filled(input: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = input[name];
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
