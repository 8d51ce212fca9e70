import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Files of disposal vendors: what their columns mean, what each line came to, and those that matched nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `create table field_mappings (
    connector text not null,
    list text not null check (list in ('receipt','certificate','disposition','erasure-report')),
    version integer not null check (version > 0),
    body jsonb not null,
    digest text not null,
    saved_by text not null,
    saved_at timestamptz not null default now(),
    tried_at timestamptz,
    primary key (connector, list, version)
  )`,
  `create table imports (
    id text primary key,
    connector text not null,
    list text not null check (list in ('receipt','certificate','disposition')),
    document_digest text not null references documents(digest),
    mapping_digest text not null,
    mapping_version integer,
    lines integer not null,
    matched integer not null,
    unmatched integer not null,
    known integer not null,
    duplicates integer not null,
    imported_by text not null,
    imported_at timestamptz not null default now(),
    unique (connector, list, document_digest, mapping_digest)
  )`,
  `create index imports_newest on imports (imported_at desc, id desc)`,
  `create table import_lines (
    import_id text not null references imports(id),
    line integer not null,
    connector text not null,
    list text not null,
    serial text not null,
    digest text not null,
    unit jsonb,
    outcome text not null check (outcome in ('matched','unmatched','known','duplicate')),
    of_line integer,
    pickup_id text references pickups(id),
    device_id text references devices(id),
    epoch integer,
    decision text check (decision in ('linked','dismissed')),
    reason text,
    decided_by text,
    decided_at timestamptz,
    primary key (import_id, line),
    check (outcome <> 'matched' or (pickup_id is not null and device_id is not null and epoch is not null)),
    check (decision is null or (outcome = 'unmatched' and reason is not null and decided_by is not null and decided_at is not null)),
    check (decision is distinct from 'linked' or (pickup_id is not null and device_id is not null))
  )`,
  // The same said twice is known, whatever file it comes in.
  `create unique index import_lines_once on import_lines (connector, list, digest) where outcome in ('matched','unmatched')`,
  `create index import_lines_queue on import_lines (import_id, line) where outcome = 'unmatched' and decision is null`,
  `create index import_lines_device on import_lines (device_id) where device_id is not null`,
  `create table certificate_drives (
    connector text not null,
    certificate_id text not null,
    serial text not null,
    drive_serial text not null,
    model text not null,
    outcome text not null,
    level text not null,
    method text not null,
    primary key (connector, certificate_id, serial, drive_serial)
  )`,
  `create index certificate_drives_drive on certificate_drives (drive_serial)`,
  `create index certificates_pickup on certificates (pickup_id, serial)`,
  `create index pickup_lines_serial on pickup_lines (serial)`,
];
