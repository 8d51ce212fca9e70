import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** What the inventories answered about a line of a manifest when it was made. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `alter table pickup_lines
        add column in_inventory boolean,
        add column inventory_asked_at timestamptz,
        add check ((in_inventory is null) = (inventory_asked_at is null))`,
    )
    .execute(db);
}
