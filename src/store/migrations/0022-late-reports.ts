import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** What vendors say of devices whose custody is closed: what follows from it, and the books held against it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `create table late_reports (
    fact_key text primary key references facts(key),
    device_id text not null,
    epoch integer not null,
    pickup_id text not null references pickups(id),
    contradicts boolean not null,
    exception_id text references exceptions(id),
    entered_in text,
    entered_at timestamptz,
    foreign key (device_id, epoch) references custodies(device_id, epoch),
    check (exception_id is null or contradicts),
    check (entered_at is null or entered_in is not null)
  )`,
  `create index late_reports_to_raise on late_reports (fact_key) where contradicts and exception_id is null`,
  `create index late_reports_to_enter on late_reports (entered_in, device_id) where entered_in is not null and entered_at is null`,
  `alter table asset_records add column disposition text`,
];
