import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Decisions of two people, commands that are not a wipe, and the policy in force. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `create table decisions (
    id text primary key,
    kind text not null check (kind in ('approve-wipe','approve-mismatch','vendor-sanitises','waive-gate','change-route',
      'declare-lost','release-wipe-limit','kill-switch-off','change-policy','move-policy')),
    stream text not null,
    round integer not null,
    case_id text references cases(id),
    device_id text references devices(id),
    subject jsonb not null,
    subject_hash text not null,
    reason text not null,
    state text not null default 'requested' check (state in ('requested','approved','refused','withdrawn','void')),
    requested_by text not null,
    requested_at timestamptz not null default now(),
    expires_at timestamptz not null,
    decided_by text,
    decided_at timestamptz,
    check ((state = 'requested') = (decided_at is null)),
    check (state <> 'approved' or (decided_by is not null and decided_by <> requested_by and decided_at < expires_at))
  )`,
  `create unique index decisions_one_open on decisions (kind, stream, round, subject_hash) where state = 'requested'`,
  `create index decisions_open on decisions (requested_at, id) where state = 'requested'`,
  `create index decisions_case on decisions (case_id)`,
  `create index decisions_device on decisions (device_id)`,
  // Whoever may write the table can still not turn a decision: what was decided stays.
  `create function refuse_decided() returns trigger language plpgsql as $$
   begin
     if old.state <> 'requested' or new.requested_by <> old.requested_by or new.subject_hash <> old.subject_hash then
       raise exception 'a decision is not changed' using errcode = 'insufficient_privilege';
     end if;
     return new;
   end $$`,
  `create trigger decisions_once before update on decisions for each row execute function refuse_decided()`,
  `create trigger decisions_kept before delete or truncate on decisions for each statement execute function refuse_change()`,
  `alter table approvals add column decision_id text references decisions(id)`,
  `alter table approvals add check (basis <> 'person' or decision_id is not null) not valid`,
  `alter table intents drop constraint intents_kind_check`,
  `alter table intents add check (kind in ('wipe','label','retire','lock'))`,
  `create unique index intents_one_retire on intents (device_id, epoch, action_hash) where kind in ('retire','lock')`,
  `alter table wipe_limits add column decision_id text references decisions(id)`,
  // What people say in words about a fact: it may name somebody, so it stands beside the ledger.
  `alter table holds add column lift_reason text`,
  `create table remarks (fact_key text primary key, text text not null, at timestamptz not null default now())`,
  `create table policy_in_force (
    singleton boolean primary key default true check (singleton),
    digest text not null references policies(digest),
    since timestamptz not null default now(),
    decision_id text references decisions(id),
    proposed_digest text references policies(digest),
    proposed_at timestamptz
  )`,
];
