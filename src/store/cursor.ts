/** Rows of a long answer, some at a time: the database keeps the rest. */
import { CompiledQuery } from 'kysely';
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
  const fetch = CompiledQuery.raw(`fetch ${atOnce} from ${name}`);
  for (;;) {
    const { rows } = await tx.executeQuery<T>(fetch);
    if (rows.length > 0) yield rows;
    if (rows.length < atOnce) break;
  }
  await tx.executeQuery(CompiledQuery.raw(`close ${name}`));
}
