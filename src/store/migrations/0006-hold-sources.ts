import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * Holds that an outside source keeps: by its own id, so that a sweep lifts exactly what it placed. And the group that a person
 * is in, where an import names one.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `alter table holds add column source text, add column external_id text,
    add constraint holds_source check ((source is null) = (external_id is null)),
    add constraint holds_source_legal check (source is null or (kind = 'legal' and person_id is not null))`,
  `create unique index holds_source_open on holds (source, external_id, person_id) where lifted_at is null and source is not null`,
  `alter table persons add column group_name text check (group_name ~ '^[a-z0-9-]{1,64}$')`,
];
