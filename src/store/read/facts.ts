/** Facts of several streams, page by page. */
import type { AnyFact } from '../../domain/fact.ts';
import type { Reader } from '../database.ts';

/** In the order in which they were written. `after`: the id of the last fact of the page before. */
export async function listFacts(
  db: Reader,
  streams: readonly string[],
  after: number,
  limit: number,
): Promise<readonly { readonly id: number; readonly fact: AnyFact }[]> {
  const rows = await db
    .selectFrom('facts')
    .select(['id', 'canonical'])
    .where('stream', 'in', [...streams])
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ id: row.id, fact: JSON.parse(row.canonical) as AnyFact }));
}
