import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** The first schema. One statement per table; what must never break is held by constraints and triggers, not only by code. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const PEOPLE = [
  `create table persons (
    id text primary key,
    display_name text,
    work_email text,
    employee_number text,
    country text,
    time_zone text,
    manager_person_id text references persons(id),
    address jsonb,
    created_at timestamptz not null default now()
  )`,
  `create unique index persons_employee_number on persons (employee_number) where employee_number is not null`,
  `create index persons_work_email on persons (lower(work_email))`,
  `create table person_links (
    connector text not null,
    external_id text not null,
    person_id text not null references persons(id),
    state text,
    leave_at timestamptz,
    seen_at timestamptz not null default now(),
    primary key (connector, external_id)
  )`,
  `create index person_links_person on person_links (person_id)`,
  `create table lifecycle_events (
    connector text not null,
    event_id text not null,
    kind text not null check (kind in ('joiner','mover','leaver','suspension','rehire','cancellation')),
    person_id text references persons(id),
    external_id text not null,
    occurred_at timestamptz not null,
    effective_at timestamptz not null,
    received_at timestamptz not null default now(),
    outcome text not null,
    primary key (connector, event_id)
  )`,
  `create index lifecycle_events_person on lifecycle_events (person_id, occurred_at)`,
  `create table directory_snapshots (
    connector text not null,
    external_id text not null,
    taken_at timestamptz not null,
    sightings jsonb not null,
    primary key (connector, external_id)
  )`,
];

const CASES = [
  `create table policies (digest text primary key, body jsonb not null, created_at timestamptz not null default now())`,
  `create table cases (
    id text primary key,
    kind text not null check (kind in ('offboarding','move','retirement')),
    person_id text references persons(id),
    state text not null check (state in ('scheduled','open','completed','completed-with-waivers','cancelled')),
    generation integer not null default 1,
    source text not null,
    effective_at timestamptz not null,
    late boolean not null default false,
    policy_digest text not null references policies(digest),
    opened_at timestamptz not null default now(),
    started_at timestamptz,
    closed_at timestamptz,
    gates jsonb not null default '{}',
    blocked_by jsonb not null default '[]',
    due_at timestamptz,
    next_at timestamptz
  )`,
  `create unique index cases_one_open_offboarding on cases (person_id) where kind = 'offboarding' and state in ('scheduled','open')`,
  `create index cases_state on cases (state, id)`,
  `create index cases_person on cases (person_id)`,
  `create index cases_due on cases (due_at) where state in ('scheduled','open')`,
  `create index cases_next on cases (next_at) where state = 'open'`,
  `create table devices (
    id text primary key,
    serial text not null,
    maker text not null default '',
    manufacturer text,
    model text,
    asset_tag text,
    platform text not null,
    ownership text not null,
    created_at timestamptz not null default now(),
    unique (serial, maker)
  )`,
  `create table custodies (
    device_id text not null references devices(id),
    epoch integer not null,
    case_id text not null references cases(id),
    generation integer not null,
    route text not null,
    state text not null check (state in ('planned','open','closed','cancelled')),
    mdm_connector text,
    mdm_id text,
    gates jsonb not null default '{}',
    blocked_by jsonb not null default '[]',
    due_at timestamptz,
    next_at timestamptz,
    opened_at timestamptz,
    closed_at timestamptz,
    primary key (device_id, epoch)
  )`,
  `create unique index custodies_one_open on custodies (device_id) where state in ('planned','open')`,
  `create index custodies_case on custodies (case_id, generation)`,
  `create index custodies_due on custodies (due_at) where state = 'open'`,
  `create index custodies_next on custodies (next_at) where state = 'open'`,
  `create table exceptions (
    id text primary key,
    stream text not null,
    code text not null,
    gate text,
    case_id text references cases(id),
    device_id text references devices(id),
    pickup_id text,
    round integer not null,
    owner text not null,
    blocking boolean not null,
    due_at timestamptz not null,
    opened_at timestamptz not null default now(),
    resolved_at timestamptz,
    resolved_by text,
    outcome text,
    reason text
  )`,
  `create index exceptions_open on exceptions (opened_at) where resolved_at is null`,
  `create index exceptions_stream on exceptions (stream)`,
  `create index exceptions_case on exceptions (case_id)`,
  `create table holds (
    id text primary key,
    kind text not null check (kind in ('legal','data-handover')),
    person_id text references persons(id),
    device_id text references devices(id),
    reason text not null,
    placed_by text not null,
    placed_at timestamptz not null default now(),
    lifted_by text,
    lifted_at timestamptz,
    check (person_id is not null or device_id is not null)
  )`,
  `create index holds_active on holds (person_id, device_id) where lifted_at is null`,
];

const COMMANDS = [
  `create table approvals (
    id text primary key,
    kind text not null check (kind in ('wipe')),
    device_id text not null,
    epoch integer not null,
    basis text not null check (basis in ('policy','person')),
    action_hash text not null,
    policy_digest text not null,
    requested_by text not null,
    approved_by text not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    foreign key (device_id, epoch) references custodies(device_id, epoch),
    check (basis = 'policy' or requested_by <> approved_by)
  )`,
  `create table intents (
    id text primary key,
    kind text not null check (kind in ('wipe','label')),
    device_id text not null,
    epoch integer not null,
    approval_id text references approvals(id),
    connector text not null,
    target text not null,
    action_hash text not null,
    created_at timestamptz not null default now(),
    send_started_at timestamptz,
    prior_started_at timestamptz,
    answered_at timestamptz,
    answer text check (answer in ('accepted','not-accepted','unknown')),
    vendor_reference text,
    settled_at timestamptz,
    observed_digest text,
    foreign key (device_id, epoch) references custodies(device_id, epoch),
    check (kind <> 'wipe' or approval_id is not null)
  )`,
  `create unique index intents_one_per_approval on intents (device_id, epoch, approval_id) where approval_id is not null`,
  `create unique index intents_one_label on intents (device_id, epoch) where kind = 'label'`,
  `create index intents_wipe_recent on intents (created_at) where kind = 'wipe'`,
  `create index intents_pending on intents (connector, target) where kind = 'wipe' and settled_at is null`,
  `create index intents_approval on intents (approval_id) where approval_id is not null`,
  `create table wipe_limits (
    scope text primary key,
    tripped_at timestamptz,
    release_requested_at timestamptz,
    release_requested_by text,
    released_at timestamptz,
    released_by text,
    check (released_by is null or (release_requested_by is not null and released_by <> release_requested_by))
  )`,
  `insert into wipe_limits (scope) values ('all')`,
  `create table switches (name text primary key, is_on boolean not null, changed_by text not null, changed_at timestamptz not null default now())`,
  `insert into switches (name, is_on, changed_by) values ('kill', false, 'handback')`,
];

const LEDGER = [
  `create table streams (stream text primary key, seq integer not null, digest text not null)`,
  `create table facts (
    id bigint generated always as identity primary key,
    stream text not null,
    seq integer not null,
    key text not null unique,
    type text not null,
    at timestamptz not null,
    body_digest text not null,
    digest text not null,
    canonical text not null,
    unique (stream, seq)
  )`,
  `create function refuse_change() returns trigger language plpgsql as $$
   begin raise exception 'the ledger is insert-only' using errcode = 'insufficient_privilege'; end $$`,
  `create trigger facts_insert_only before update or delete or truncate on facts for each statement execute function refuse_change()`,
  `create table ledger_pending (fact_id bigint primary key references facts(id))`,
  `create table ledger_leaves (leaf_index bigint primary key, fact_id bigint not null unique references facts(id), leaf_hash bytea not null)`,
  `create trigger ledger_leaves_insert_only before update or delete or truncate on ledger_leaves for each statement execute function refuse_change()`,
  `create table ledger_head (
    singleton boolean primary key default true check (singleton),
    size bigint not null,
    frontier bytea[] not null,
    root bytea not null,
    updated_at timestamptz not null default now()
  )`,
  `insert into ledger_head (size, frontier, root) values (0, '{}', sha256(''::bytea))`,
  `create table documents (digest text primary key, content bytea not null, content_type text not null, received_at timestamptz not null default now())`,
];

const QUEUES = [
  `create table inbox (
    id bigint generated always as identity primary key,
    connector text not null,
    delivery_id text not null,
    received_at timestamptz not null default now(),
    body bytea not null,
    state text not null default 'new' check (state in ('new','done','quarantined')),
    attempts integer not null default 0,
    next_attempt_at timestamptz not null default now(),
    reason text,
    unique (connector, delivery_id)
  )`,
  `create index inbox_new on inbox (connector, id) where state = 'new'`,
  `create table outbox (
    id bigint generated always as identity primary key,
    workflow_id text not null,
    workflow_type text not null,
    only_start boolean not null default false,
    queued_at timestamptz not null default now(),
    attempts integer not null default 0,
    next_attempt_at timestamptz not null default now()
  )`,
  `create index outbox_due on outbox (next_attempt_at, id)`,
  `create table connector_state (
    connector text primary key,
    cursor text,
    last_ok_at timestamptz,
    last_error_at timestamptz,
    last_error_code text,
    last_full_at timestamptz,
    fleet_size integer
  )`,
  `create table trackers (
    tracking_code text primary key,
    connector text not null,
    device_id text not null,
    epoch integer not null,
    status text not null default 'unknown',
    foreign key (device_id, epoch) references custodies(device_id, epoch)
  )`,
];

const PICKUPS = [
  `create table pickups (
    id text primary key,
    connector text not null,
    site text not null,
    state text not null check (state in ('draft','booked','confirmed','received','certified','cancelled')),
    reference text,
    manifest_sent_at timestamptz,
    created_by text not null,
    created_at timestamptz not null default now(),
    confirmed_by text,
    confirmed_at timestamptz
  )`,
  `create table pickup_lines (
    pickup_id text not null references pickups(id),
    line integer not null,
    device_id text not null,
    epoch integer not null,
    serial text not null,
    manufacturer text not null,
    model text not null,
    asset_tag text not null,
    primary key (pickup_id, line),
    unique (pickup_id, serial),
    foreign key (device_id, epoch) references custodies(device_id, epoch)
  )`,
  `create table pickup_scans (
    id text primary key,
    pickup_id text not null references pickups(id),
    by text not null check (by in ('dock','vendor')),
    serial text not null,
    model text,
    verdict text not null,
    scanned_by text not null,
    scanned_at timestamptz not null default now()
  )`,
  `create index pickup_scans_pickup on pickup_scans (pickup_id, by)`,
  `create table certificates (
    connector text not null,
    certificate_id text not null,
    serial text not null,
    pickup_id text,
    document_digest text not null references documents(digest),
    matched boolean not null,
    line jsonb not null,
    imported_at timestamptz not null default now(),
    primary key (connector, certificate_id, serial)
  )`,
];

const STATEMENTS: readonly string[] = [...PEOPLE, ...CASES, ...COMMANDS, ...LEDGER, ...QUEUES, ...PICKUPS];
