import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Boxes beside labels, what is handed in at an office, photos, drives in a chassis, and the books held against the facts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `alter table intents drop constraint intents_kind_check`,
  `alter table intents add check (kind in ('wipe','label','retire','lock','box'))`,
  `create unique index intents_one_box on intents (device_id, epoch) where kind = 'box'`,
  `alter table trackers add column purpose text not null default 'return' check (purpose in ('return','box'))`,
  `alter table trackers add column occurred_at timestamptz`,
  // Where the label can be had: it names the sender, so it stands beside the ledger.
  `alter table trackers add column label_url text`,
  `create index trackers_custody on trackers (device_id, epoch)`,
  `create table drop_offs (
    id text primary key,
    device_id text not null,
    epoch integer not null,
    site text not null,
    received_by text not null,
    received_by_name text not null,
    handed_in_by text not null check (handed_in_by in ('holder','colleague','courier')),
    received_at timestamptz not null default now(),
    foreign key (device_id, epoch) references custodies(device_id, epoch)
  )`,
  `create unique index drop_offs_one on drop_offs (device_id, epoch)`,
  `create table device_photos (
    device_id text not null references devices(id),
    digest text not null references documents(digest),
    taken_by text not null,
    taken_at timestamptz not null default now(),
    primary key (device_id, digest)
  )`,
  // A drive is in one chassis at a time.
  `create table device_drives (
    serial text primary key,
    device_id text not null references devices(id),
    epoch integer not null,
    recorded_by text not null,
    recorded_at timestamptz not null default now()
  )`,
  `create index device_drives_device on device_drives (device_id)`,
  `create table asset_reconciliations (
    id text primary key,
    started_at timestamptz not null,
    finished_at timestamptz,
    asked_by text not null,
    assets_read integer not null default 0,
    counts jsonb not null default '{}'
  )`,
  `create index asset_reconciliations_time on asset_reconciliations (started_at)`,
  `create table asset_findings (
    reconciliation_id text not null references asset_reconciliations(id),
    kind text not null check (kind in ('ghost','unrecorded','overdue','still-licensed','still-depreciating')),
    serial text not null,
    connector text not null default '',
    external_id text,
    label text,
    device_id text references devices(id),
    epoch integer,
    since timestamptz,
    exception_id text references exceptions(id),
    primary key (reconciliation_id, kind, serial, connector)
  )`,
];
