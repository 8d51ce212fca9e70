import type { z } from 'zod';
import type { Desk, EngineClient } from './client.ts';
import { pageOf } from './shapes.ts';

/** All items of a cursor-paged list. */
export async function readAll<T>(
  client: EngineClient,
  desk: Desk,
  path: string,
  item: z.ZodType<T>,
): Promise<readonly T[]> {
  const items: T[] = [];
  const separator = path.includes('?') ? '&' : '?';
  let cursor: string | null = null;
  do {
    const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: T[]; next: string | null } = await client.get(
      desk,
      `${path}${separator}limit=200${at}`,
      pageOf(item),
    );
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return items;
}
