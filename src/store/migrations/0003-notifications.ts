import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Messages to people, and what is needed to write to them. Adds only: the version before goes on beside it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `alter table persons add column private_email text, add column no_contact boolean not null default false`,
  `create table notifications (
    id text primary key,
    key text not null unique,
    fact_key text not null,
    stream text not null,
    round integer not null,
    kind text not null check (kind in ('return-chaser','gate-overdue','exception-overdue')),
    gate text,
    exception_id text references exceptions(id),
    case_id text not null references cases(id),
    device_id text references devices(id),
    due_at timestamptz not null,
    role text not null,
    person_id text references persons(id),
    connector text,
    target integer,
    template text not null,
    language text not null,
    state text not null check (state in ('queued','sending','sent','failed','unknown','suppressed')),
    why text,
    created_at timestamptz not null,
    send_after timestamptz not null,
    next_try_at timestamptz not null,
    tries integer not null default 0,
    send_started_at timestamptz,
    answered_at timestamptz,
    text_digest text,
    resend_of text unique references notifications(id),
    ordered_by text,
    check (state = 'suppressed' or connector is not null),
    check (state <> 'queued' or send_started_at is null),
    check (state not in ('sending','sent','unknown') or send_started_at is not null),
    check (state in ('queued','sending','sent') or why is not null),
    check ((resend_of is null) = (ordered_by is null))
  )`,
  `create index notifications_due on notifications (connector, next_try_at) where state = 'queued'`,
  `create index notifications_sending on notifications (connector, send_started_at) where state = 'sending'`,
  `create index notifications_listed on notifications (created_at, id)`,
  `create index notifications_case on notifications (case_id)`,
  `create index notifications_device on notifications (device_id)`,
];
