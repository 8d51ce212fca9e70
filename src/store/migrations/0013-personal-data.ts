import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * Personal data by person, sealed with a key of each person's own. What stands in the older columns is moved by
 * `sealPeople`, which has the keys; then nothing readable can be written there any more.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `alter table persons
    add column display_name_sealed bytea,
    add column work_email_sealed bytea,
    add column employee_number_sealed bytea,
    add column private_email_sealed bytea,
    add column address_sealed bytea,
    add column work_email_index bytea,
    add column employee_number_index bytea,
    add column erased_at timestamptz`,
  `create unique index persons_employee_number_index on persons (employee_number_index) where employee_number_index is not null`,
  `create index persons_work_email_index on persons (work_email_index) where work_email_index is not null`,
  // The key that opens a person's values; without it nobody does.
  `create table person_keys (
    person_id text primary key references persons(id) on delete cascade,
    wrapped bytea,
    wrapped_by text,
    made_at timestamptz not null default now(),
    destroyed_at timestamptz,
    check ((wrapped is null) = (destroyed_at is not null)),
    check ((wrapped is null) = (wrapped_by is null))
  )`,
  `create index person_keys_wrapped_by on person_keys (wrapped_by) where wrapped is not null`,
  // Whom an erased person was known as: enough to know them again, and nothing to read.
  `create table person_tombstones (
    kind text not null check (kind in ('account','employeeNumber','workEmail')),
    connector text not null default '',
    commitment bytea not null,
    person_id text not null references persons(id),
    primary key (kind, connector, commitment)
  )`,
  `do $$ begin
    if not exists (select from persons) then
      alter table persons add constraint persons_sealed check (
        display_name is null and work_email is null and employee_number is null and private_email is null and address is null);
    end if;
  end $$`,
];
