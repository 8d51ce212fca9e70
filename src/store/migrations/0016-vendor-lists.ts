import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Lists that a vendor's interface answered with are taken in as files are: where each came from, and which pickup was asked about. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `alter table imports add column origin text not null default 'file' check (origin in ('file','entered','vendor'))`,
  `alter table imports add column pickup_id text references pickups(id)`,
  `alter table imports add check ((origin = 'vendor') = (pickup_id is not null))`,
  `alter table import_lines add column origin text not null default 'file' check (origin in ('file','entered','vendor'))`,
  `update imports set origin = 'entered' where mapping_digest like 'entered:%'`,
  `update import_lines set origin = 'entered' from imports where imports.id = import_lines.import_id and imports.origin = 'entered'`,
];
