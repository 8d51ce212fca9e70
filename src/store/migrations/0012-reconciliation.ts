import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** The books held against receipts, certificates and dispositions: how far a run is, what it read, and what became of findings. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `alter table asset_reconciliations
    add column read_at timestamptz,
    add column judged_to text not null default '',
    add column outcome text check (outcome in ('judged','abandoned')),
    add column policy_digest text not null references policies(digest),
    add column without_serial integer not null default 0,
    add column agreeing integer not null default 0,
    add column opened integer not null default 0,
    add column healed integer not null default 0,
    add check ((finished_at is null) = (outcome is null))`,
  `drop index asset_reconciliations_time`,
  `create index asset_reconciliations_time on asset_reconciliations (started_at, id)`,
  // One at a time: two would open and heal each other's exceptions.
  `create unique index asset_reconciliations_one on asset_reconciliations ((true)) where finished_at is null`,
  `create table asset_reconciliation_parts (
    reconciliation_id text not null references asset_reconciliations(id),
    connector text not null,
    cursor text,
    assets_read integer not null default 0,
    finished_at timestamptz,
    primary key (reconciliation_id, connector)
  )`,
  `create table asset_records (
    reconciliation_id text not null references asset_reconciliations(id),
    connector text not null,
    external_id text not null,
    serial text not null,
    state text not null,
    label text not null,
    reference text,
    closed_on text,
    licences integer,
    depreciating boolean,
    read_at timestamptz not null,
    primary key (reconciliation_id, connector, external_id)
  )`,
  `create index asset_records_serial on asset_records (reconciliation_id, serial)`,
  `alter table asset_findings
    drop constraint asset_findings_pkey,
    drop constraint asset_findings_kind_check,
    alter column external_id set default '',
    alter column external_id set not null,
    add column reason text not null,
    add primary key (reconciliation_id, serial, kind, connector, external_id),
    add check (kind in ('ghost','unrecorded','overdue','still-licensed','still-depreciating','unproven'))`,
  `create table asset_exceptions (
    exception_id text primary key references exceptions(id),
    kind text not null,
    serial text not null,
    opened_in text not null references asset_reconciliations(id),
    ended_in text references asset_reconciliations(id),
    ending text check (ending in ('healed','asked-again')),
    check ((ended_in is null) = (ending is null))
  )`,
  `create unique index asset_exceptions_one on asset_exceptions (serial, kind) where ended_in is null`,
  `create index asset_exceptions_kind on asset_exceptions (kind, ending)`,
  // What is looked up serial by serial.
  `create index certificates_unmatched on certificates (serial) where not matched`,
  `create index asset_findings_exception on asset_findings (exception_id) where exception_id is not null`,
  `create index import_lines_unmatched on import_lines (serial) where outcome = 'unmatched'`,
];
