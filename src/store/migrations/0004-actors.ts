import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Who is behind an actor of the facts, and whose access was revoked. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  // Facts hold the id alone. What it stands for can be erased here; the id then stays without a name.
  `create table actors (
    id text primary key,
    kind text not null check (kind in ('person','program','token')),
    issuer text,
    subject text,
    display_name text,
    known_at timestamptz not null,
    last_seen_at timestamptz,
    erased_at timestamptz,
    check ((kind = 'token') = (issuer is null)),
    check (erased_at is null or (subject is null and display_name is null))
  )`,
  `create table actor_revocations (
    id text primary key,
    actor text not null references actors(id),
    reason text not null,
    revoked_at timestamptz not null,
    revoked_by text not null,
    lifted_at timestamptz,
    lifted_by text,
    lift_reason text,
    check (revoked_by <> actor),
    check (lifted_by <> actor),
    check ((lifted_at is null) = (lifted_by is null))
  )`,
  `create unique index actor_revocations_in_force on actor_revocations (actor) where lifted_at is null`,
];
