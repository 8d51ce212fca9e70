import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * Periods that were asked for, for an audit: source by source, who left by it. And what notices that a part of the installation
 * was silent, or that somebody has other roles.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `create table audit_periods (
    id text primary key,
    from_date text not null,
    until_date text not null,
    time_zone text not null,
    start_at timestamptz not null,
    end_at timestamptz not null,
    seed text not null,
    seed_by text not null check (seed_by in ('caller', 'handback')),
    sample integer not null,
    -- Keys the commitments that accounts stand under in packs.
    account_key bytea not null,
    requested_by text not null,
    requested_at timestamptz not null,
    check (start_at < end_at)
  )`,
  `create table audit_period_parts (
    period_id text not null references audit_periods(id),
    connector text not null,
    kind text not null check (kind in ('hr', 'identity')),
    cursor text,
    accounts_seen integer not null default 0,
    started_at timestamptz,
    finished_at timestamptz,
    outcome text check (outcome in ('listed', 'not-offered')),
    query text,
    failed_at timestamptz,
    failure text,
    primary key (period_id, connector),
    check ((finished_at is null) = (outcome is null))
  )`,
  `create index audit_period_parts_open on audit_period_parts (period_id) where finished_at is null`,
  // The external id may tell a person: it stays here, and can be erased; packs have the commitment.
  `create table audit_period_leavers (
    period_id text not null,
    connector text not null,
    account text not null,
    external_id text,
    person_id text,
    left_at timestamptz,
    state text not null check (state in ('gone', 'unclear')),
    primary key (period_id, connector, account),
    foreign key (period_id, connector) references audit_period_parts(period_id, connector)
  )`,
  `create index audit_period_leavers_account on audit_period_leavers (connector, external_id)`,
  `create table heartbeats (
    part text primary key,
    beat_at timestamptz not null
  )`,
  `alter table actors add column roles jsonb`,
  `create index cases_effective on cases (effective_at) where kind = 'offboarding'`,
];
