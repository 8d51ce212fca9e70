/**
 * Who is behind the actors of facts. An actor's id tells nothing by itself; issuer, subject and name stand here alone, and
 * can be erased.
 */
import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { Reader, Tx } from './database.ts';
import type { Schema } from './schema.ts';

export type ActorKind = Schema['actors']['kind'];

/** Somebody who asked for something, as the token said. */
export interface SeenActor {
  /** As in facts: `user:…`, `token:…`. */
  readonly id: string;
  readonly kind: ActorKind;
  /** `null` for static tokens. */
  readonly issuer: string | null;
  readonly subject: string | null;
  /** `null`: the token carries none. */
  readonly displayName: string | null;
}

/** Notes that an actor asked for something. What was erased stays erased; a token without a name takes none away. */
export async function noteActor(db: Reader, actor: SeenActor, now: Date): Promise<void> {
  const { id, kind, issuer, subject, displayName } = actor;
  await sql`
    insert into actors as known (id, kind, issuer, subject, display_name, known_at, last_seen_at)
    values (${id}, ${kind}, ${issuer}, ${subject}, ${displayName}, ${now}, ${now})
    on conflict (id) do update set
      kind = excluded.kind,
      last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at),
      display_name = case when known.erased_at is null then coalesce(excluded.display_name, known.display_name) end`.execute(
    db,
  );
}

/** Makes an actor known who has not asked for anything yet. */
export async function introduceActor(tx: Tx, id: string, kind: ActorKind, now: Date): Promise<void> {
  await tx
    .insertInto('actors')
    .values({ id, kind, issuer: null, subject: null, display_name: null, known_at: now })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

export type ActorRow = Selectable<Schema['actors']>;

export async function readActor(db: Reader, id: string): Promise<ActorRow | null> {
  return (await db.selectFrom('actors').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** Forgets who an actor is, for good. Facts keep the id. @returns `false` when there is no such actor. */
export async function eraseActor(tx: Tx, id: string, now: Date): Promise<boolean> {
  const row = await tx
    .updateTable('actors')
    .set({ subject: null, display_name: null, erased_at: sql`coalesce(erased_at, ${now})` })
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
