/** Rows of a long answer, some at a time: the database keeps the rest. */
import { CompiledQuery } from 'kysely';
import type { QueryResult } from 'kysely';
import type { Tx } from './database.ts';

const ROWS = 4_000;

/**
 * The answer is of the moment of the first rows, whatever the transaction writes meanwhile.
 *
 * @param name Of the cursor; one at a time has it.
 * @param statement A select without parameters, of ours.
 */
export async function* cursor<T>(
  tx: Tx,
  name: string,
  statement: string,
  atOnce = ROWS,
): AsyncGenerator<readonly T[]> {
  await tx.executeQuery(CompiledQuery.raw(`declare ${name} no scroll cursor for ${statement}`));
  const fetch = (): Promise<QueryResult<T>> => {
    const rows = tx.executeQuery<T>(CompiledQuery.raw(`fetch ${atOnce} from ${name}`));
    // It may fail before anybody waits for it: whoever does is told then.
    rows.catch(() => undefined);
    return rows;
  };
  let next = fetch();
  try {
    for (;;) {
      const { rows } = await next;
      const isLast = rows.length < atOnce;
      // The next rows are on their way while these are looked at.
      if (!isLast) next = fetch();
      if (rows.length > 0) yield rows;
      if (isLast) break;
    }
  } finally {
    // Whoever stops early may end the transaction at once: nothing may be asked of it then.
    await next.catch(() => undefined);
  }
  await tx.executeQuery(CompiledQuery.raw(`close ${name}`));
}
