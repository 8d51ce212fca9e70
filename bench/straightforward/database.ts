/** The few tables that the straightforward program keeps. */
import pg from 'pg';

const SCHEMA = `
  create table if not exists leavers (okta_id text primary key, state text not null default 'open', opened_at timestamptz not null default now(), closed_at timestamptz);
  create table if not exists devices (
    serial text primary key,
    okta_id text not null references leavers(okta_id),
    mdm_id text not null,
    state text not null default 'open',
    wipe_sent_at timestamptz,
    wipe_state text,
    returned_at timestamptz
  );
  create index if not exists devices_pending on devices (mdm_id) where wipe_sent_at is not null and wipe_state is null;
  create index if not exists devices_sent on devices (wipe_sent_at);
  create table if not exists pickups (id text primary key, site text not null, state text not null default 'draft', reference text, confirmed_at timestamptz);
  create table if not exists pickup_lines (
    pickup_id text not null references pickups(id),
    line integer not null,
    serial text not null references devices(serial),
    dock_scanned_at timestamptz,
    vendor_scanned_at timestamptz,
    received_at timestamptz,
    certificate_id text,
    primary key (pickup_id, line),
    unique (pickup_id, serial)
  );
  create table if not exists documents (pickup_id text not null, what text not null, received_at timestamptz not null default now(), content bytea not null);
`;

/** Creates what is missing. */
export async function prepareDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(1)');
    await client.query(SCHEMA);
  } finally {
    await client.end();
  }
}

export function openPool(url: string): pg.Pool {
  return new pg.Pool({ connectionString: url, max: 20 });
}
