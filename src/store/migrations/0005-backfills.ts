import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Looking for past leavers who still hold devices: one run, provider by provider, with how far each is. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `create table backfills (
    id text primary key,
    since timestamptz not null,
    requested_by text not null,
    requested_at timestamptz not null default now()
  )`,
  `create table backfill_parts (
    backfill_id text not null references backfills(id),
    connector text not null,
    cursor text,
    accounts_seen integer not null default 0,
    leavers_seen integer not null default 0,
    cases_opened integer not null default 0,
    unclear integer not null default 0,
    finished_at timestamptz,
    primary key (backfill_id, connector)
  )`,
  `create index backfill_parts_open on backfill_parts (backfill_id) where finished_at is null`,
];
