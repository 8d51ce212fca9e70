/** Cursor pagination: opaque cursors that hold where the last page ended. */
import { z } from 'zod';
import { Problem } from './problem.ts';

/** Query keys that every list takes. */
export const PageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(512).optional(),
} as const;

/** A page of a list: pass `next` back as `cursor`; `null` on the last page. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** Where to go on, as its schema says; `null` for the first page. @throws Problem `invalid-cursor` */
export function readCursor<T>(schema: z.ZodType<T>, cursor: string | undefined): T | null {
  if (cursor === undefined) return null;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new Problem('invalid-cursor');
  }
}

/** Makes a page out of one row more than asked for. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  after: (row: Row) => unknown,
) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next =
    rows.length > limit && last !== undefined
      ? Buffer.from(JSON.stringify(after(last))).toString('base64url')
      : null;
  return { items: shown.map(item), next };
}
