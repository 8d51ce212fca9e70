import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * Personal data by person, sealed with a key of each person's own. What stands in the older columns is moved by
 * `sealPeople`, which has the keys; then nothing readable can be written there any more.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const SEALED = [
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
  // Documents about one person, such as a bill of sale: sealed, under the digest of what was received.
  `create table personal_documents (
    person_id text not null references persons(id),
    digest text not null,
    sealed bytea,
    content_type text not null,
    received_at timestamptz not null default now(),
    erased_at timestamptz,
    primary key (person_id, digest),
    check ((sealed is null) = (erased_at is not null))
  )`,
  `create index personal_documents_digest on personal_documents (digest)`,
  // A photo may be a document of the person whose device it shows.
  `alter table device_photos drop constraint device_photos_digest_fkey`,
  `do $$ begin
    if not exists (select from persons) then
      alter table persons add constraint persons_sealed check (
        display_name is null and work_email is null and employee_number is null and private_email is null and address is null);
    end if;
  end $$`,
];

const ERASING = [
  // Approved by two people, and on its way: whoever is interrupted is followed by the next.
  `create table person_erasures (
    decision_id text primary key references decisions(id),
    person_id text not null references persons(id),
    approved_by text not null,
    approved_at timestamptz not null,
    state text not null default 'approved' check (state in ('approved','done','refused')),
    why text,
    finished_at timestamptz,
    check ((state = 'approved') = (finished_at is null))
  )`,
  `create unique index person_erasures_one on person_erasures (person_id) where state <> 'refused'`,
  `create index person_erasures_open on person_erasures (approved_at) where state = 'approved'`,
  // One more kind, whatever kinds there are by now.
  `do $$ declare kinds text;
   begin
     select substring(pg_get_constraintdef(oid) from '^CHECK (.*)$') into kinds from pg_constraint
       where conname = 'decisions_kind_check' and conrelid = 'decisions'::regclass;
     alter table decisions drop constraint decisions_kind_check;
     execute 'alter table decisions add constraint decisions_kind_check check (kind = ''erase-person'' or (' || kinds || '))';
   end $$`,
  // What was decided stays; why, in words, may have named somebody.
  `create or replace function refuse_decided() returns trigger language plpgsql as $$
   begin
     if new.reason = '(erased)' and to_jsonb(new) - 'reason' = to_jsonb(old) - 'reason' then return new; end if;
     if old.state <> 'requested' or new.requested_by <> old.requested_by or new.subject_hash <> old.subject_hash then
       raise exception 'a decision is not changed' using errcode = 'insufficient_privilege';
     end if;
     return new;
   end $$`,
];

const STATEMENTS: readonly string[] = [...SEALED, ...ERASING];
