import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** What each inventory is asked live about a serial that was scanned at a pickup, and what it said. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table inventory_asks (
    pickup_id text not null references pickups(id),
    serial text not null,
    connector text not null,
    spelled text not null,
    waiting boolean not null default true,
    queued_at timestamptz not null,
    failed_at timestamptz,
    failure text,
    answered_at timestamptz,
    known boolean,
    differs jsonb not null default '[]',
    primary key (pickup_id, serial, connector),
    check ((answered_at is null) = (known is null)),
    check ((failed_at is null) = (failure is null))
  )`,
  `create index inventory_asks_waiting on inventory_asks (connector, queued_at) where waiting`,
];
