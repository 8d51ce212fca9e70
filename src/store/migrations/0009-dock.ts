import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** The dock: decisions on a manifest, physical counts, signatures by name, what the vendor was certified for, missed deadlines. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const MANIFEST = [
  `alter table pickups
    add column manifest_revision integer not null default 1,
    add column manifest_sent_revision integer not null default 0`,
  `update pickups set manifest_sent_revision = 1 where manifest_sent_at is not null`,
  // How a model compares; a scan must find a line by it among thousands.
  `alter table pickup_lines
    add column model_key text not null default '',
    add column added_at timestamptz,
    add column accepted_at timestamptz,
    add column taken_off_at timestamptz,
    add column taken_off_as text check (taken_off_as in ('taken-off-manifest','held-back')),
    add check ((taken_off_at is null) = (taken_off_as is null))`,
  `update pickup_lines set model_key = lower(regexp_replace(normalize(model, NFKC), '[^[:alnum:]]+', '', 'g'))`,
  // What was decided before under the older word leaves as it was decided.
  `update pickup_lines set accepted_at = exceptions.resolved_at from exceptions
    where exceptions.pickup_id = pickup_lines.pickup_id and exceptions.device_id = pickup_lines.device_id
      and exceptions.code = 'pickup-model-mismatch' and exceptions.outcome = 'accepted'`,
  `create index pickup_lines_model on pickup_lines (pickup_id, model_key) where taken_off_at is null`,
  `create index pickup_lines_device on pickup_lines (device_id, epoch)`,
  `alter table pickup_scans add column instead_of integer`,
  `create index pickup_scans_serial on pickup_scans (pickup_id, by, serial)`,
  `create table pickup_discrepancies (
    exception_id text primary key references exceptions(id),
    pickup_id text not null references pickups(id),
    kind text not null,
    serial text not null,
    line integer,
    device_id text references devices(id)
  )`,
  `create index pickup_discrepancies_pickup on pickup_discrepancies (pickup_id, kind)`,
  `insert into pickup_discrepancies (exception_id, pickup_id, kind, serial, device_id)
    select id, pickup_id, substr(code, 8), substring(reason from '^serial ([^;]+)'), device_id from exceptions
    where code in ('pickup-missing','pickup-unexpected','pickup-model-mismatch','pickup-withdrawn')
      and pickup_id is not null and reason ~ '^serial [^;]+'`,
];

const HANDOVER = [
  `create table pickup_counts (
    id text primary key,
    pickup_id text not null references pickups(id),
    serials text[] not null,
    document_digest text not null references documents(digest),
    counted_by text not null,
    counted_at timestamptz not null
  )`,
  `create index pickup_counts_pickup on pickup_counts (pickup_id, counted_at)`,
  // Names stand here alone and can be erased; facts hold the signature's id.
  `create table pickup_signatures (
    id text primary key,
    pickup_id text not null references pickups(id),
    side text not null check (side in ('ours','vendor')),
    name text,
    leaving_digest text not null,
    document_digest text references documents(digest),
    signed_at timestamptz not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    erased_at timestamptz,
    check ((name is null) = (erased_at is not null))
  )`,
  `create index pickup_signatures_pickup on pickup_signatures (pickup_id, side, recorded_at)`,
  `create table vendor_certifications (
    id text primary key,
    connector text not null,
    scheme text not null,
    number text not null,
    valid_from text not null,
    valid_until text not null,
    document_digest text not null references documents(digest),
    recorded_by text not null,
    recorded_at timestamptz not null,
    check (valid_until >= valid_from)
  )`,
  `create index vendor_certifications_connector on vendor_certifications (connector, scheme, valid_until)`,
  `create table vendor_facilities (
    id text primary key,
    connector text not null,
    name text not null,
    address text not null,
    country text not null,
    downstream jsonb not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    retired_at timestamptz
  )`,
  `create index vendor_facilities_connector on vendor_facilities (connector, recorded_at)`,
];

const DEADLINES = [
  `create table deadline_breaches (
    stream text not null,
    round integer not null,
    trigger text not null,
    due_at timestamptz not null,
    owner text not null,
    recorded_at timestamptz not null,
    healed_at timestamptz,
    primary key (stream, round, trigger, due_at)
  )`,
  `create index deadline_breaches_recorded on deadline_breaches (recorded_at, stream)`,
];

const STATEMENTS: readonly string[] = [...MANIFEST, ...HANDOVER, ...DEADLINES];
