import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * What proofs are made from: inner nodes of the tree, and signed checkpoints with the proof that each goes on from the one
 * before. Also: the tables of the ledger refuse changes even where triggers are switched off for a session.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const TABLES = [
  `create table ledger_nodes (
    level smallint not null check (level between 1 and 62),
    index bigint not null,
    hash bytea not null,
    primary key (level, index)
  )`,
  // How far the nodes go. A worker of the previous version adds leaves without them, and leaves this as it is.
  `alter table ledger_head add column noded bigint not null default 0`,
  `create table ledger_checkpoints (
    id bigint generated always as identity primary key,
    origin text not null,
    size bigint not null,
    root bytea not null,
    note text not null,
    previous_id bigint unique nulls not distinct,
    consistency bytea[] not null,
    signed_at timestamptz not null
  )`,
  `create index ledger_checkpoints_size on ledger_checkpoints (size)`,
  `create table checkpoint_targets (
    target text primary key,
    checkpoint_id bigint,
    published_at timestamptz,
    failed_at timestamptz,
    failure text
  )`,
];

const INSERT_ONLY = ['facts', 'ledger_leaves', 'ledger_nodes', 'ledger_checkpoints'];

const NEW_TRIGGERS = ['ledger_nodes', 'ledger_checkpoints'].map(
  (table) =>
    `create trigger ${table}_insert_only before update or delete or truncate on ${table} for each statement execute function refuse_change()`,
);

const GUARDS = INSERT_ONLY.flatMap((table) => [
  // Also in a session that says it is a replica.
  `alter table ${table} enable always trigger ${table}_insert_only`,
  `revoke update, delete, truncate on ${table} from public, current_user`,
]);

const HEAD = [
  `create function refuse_shrinking() returns trigger language plpgsql as $$
   begin
     if tg_op = 'UPDATE' and new.size >= old.size then return new; end if;
     raise exception 'the ledger only grows' using errcode = 'insufficient_privilege';
   end $$`,
  `create trigger ledger_head_grows before update or delete on ledger_head for each row execute function refuse_shrinking()`,
  `create trigger ledger_head_stays before truncate on ledger_head for each statement execute function refuse_change()`,
  `alter table ledger_head enable always trigger ledger_head_grows`,
  `alter table ledger_head enable always trigger ledger_head_stays`,
  // Foreign keys lock the fact they point to, which takes the right to update some column; this one cannot be written anyway.
  `grant update (id) on facts to current_user`,
];

const STATEMENTS: readonly string[] = [...TABLES, ...NEW_TRIGGERS, ...GUARDS, ...HEAD];
