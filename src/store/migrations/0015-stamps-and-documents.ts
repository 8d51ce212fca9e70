import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Timestamps beside the checkpoints that they are of; and documents whose bytes lie in a bucket. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `create table checkpoint_stamps (
    checkpoint_id bigint primary key,
    authority text not null,
    response bytea not null,
    stamped_at timestamptz not null
  )`,
  `create trigger checkpoint_stamps_insert_only before update or delete or truncate on checkpoint_stamps for each statement execute function refuse_change()`,
  `alter table checkpoint_stamps enable always trigger checkpoint_stamps_insert_only`,
  `revoke update, delete, truncate on checkpoint_stamps from public, current_user`,
  `create table stamp_authorities (
    authority text primary key,
    stamped_at timestamptz,
    failed_at timestamptz,
    failure text
  )`,
  `alter table documents add column place text, alter column content drop not null`,
  `alter table documents add constraint documents_somewhere check (content is not null or place is not null)`,
  // What waits to be taken to a bucket is found without looking at every document.
  `create index documents_here on documents (received_at) where place is null`,
];
