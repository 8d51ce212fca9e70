/** What the inventories have answered about the lines of a manifest. */
import { sql } from 'kysely';
import type { Reader, Tx } from './database.ts';

/** The lines of which neither discovery nor an earlier look found a record. */
export async function linesWithoutRecord(
  db: Reader,
  pickupId: string,
): Promise<readonly { readonly line: number; readonly serial: string }[]> {
  const { rows } = await sql<{ line: number; serial: string }>`
    select line, serial from pickup_lines
    where pickup_id = ${pickupId} and taken_off_at is null and in_inventory is not true
      and not coalesce((
        select (facts.canonical::jsonb #> '{data,records}') @> '[{"sourceKind":"inventory"}]'::jsonb
        from facts where facts.key = 'custody.opened:' || pickup_lines.device_id || ':' || pickup_lines.epoch
      ), false)
    order by line`.execute(db);
  return rows;
}

export interface BooksAnswer {
  readonly line: number;
  readonly known: boolean;
}

export async function recordBooks(
  tx: Tx,
  pickupId: string,
  answers: readonly BooksAnswer[],
  now: Date,
): Promise<void> {
  await sql`
    update pickup_lines set in_inventory = answer.known, inventory_asked_at = ${now}
    from unnest(${answers.map(({ line }) => line)}::integer[], ${answers.map(({ known }) => known)}::boolean[])
      as answer(line, known)
    where pickup_lines.pickup_id = ${pickupId} and pickup_lines.line = answer.line`.execute(tx);
}
