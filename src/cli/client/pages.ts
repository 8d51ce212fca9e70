/** Lists, page by page. */
import { z } from 'zod';
import { CliError } from '../errors.ts';
import type { ApiClient, Query } from './api-client.ts';

const PAGE = 200;

export interface Listing<T> {
  readonly items: readonly T[];
  /** Pass it back to go on; `null` when everything was read. */
  readonly next: string | null;
}

export interface ListOptions {
  /** Everything, however much it is. */
  readonly all?: boolean;
  /** How many at most. */
  readonly limit: number;
  /** Where an earlier list ended. */
  readonly cursor?: string;
}

/** Reads as many items as asked for. @throws CliError when an answer is not as the item's schema says. */
export async function readList<T>(
  api: ApiClient,
  path: string,
  item: z.ZodType<T>,
  options: ListOptions,
  query: Query = {},
): Promise<Listing<T>> {
  const wanted = options.all === true ? Number.POSITIVE_INFINITY : options.limit;
  const page = z.object({ items: z.array(item), next: z.string().nullable() });
  const items: T[] = [];
  let cursor = options.cursor;
  for (;;) {
    const limit = Math.min(PAGE, wanted - items.length);
    const answer = fit(page, await api.get(path, { ...query, limit, cursor }), path);
    items.push(...answer.items);
    if (answer.next === null || items.length >= wanted) return { items, next: answer.next };
    cursor = answer.next;
  }
}

/** The answer as its schema says. @throws CliError when it is not so: another version answers. */
export function fit<T>(schema: z.ZodType<T>, answer: unknown, path: string): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CliError(
    `the answer to ${path} is not as expected (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}): use the handback command of the API's version`,
  );
}
