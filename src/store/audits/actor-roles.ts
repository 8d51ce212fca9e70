/** Which roles somebody was seen with: a fact when they are others than before. */
import { ACTORS_STREAM } from '../../domain/fact.ts';
import type { Database } from '../database.ts';
import { appendFacts } from '../facts.ts';
import { lockStream } from '../held-streams.ts';
import { inTransaction } from '../transactions.ts';
import type { ActorKind } from '../actors.ts';

/** Records the roles of a known actor, unless they are recorded already. */
export async function noteRoles(
  db: Database,
  { id, kind, roles }: { readonly id: string; readonly kind: ActorKind; readonly roles: readonly string[] },
  now: Date,
): Promise<void> {
  const sorted = roles.toSorted();
  const isKnown = (known: readonly string[] | null | undefined): boolean =>
    known !== null && known !== undefined && known.join(' ') === sorted.join(' ');
  const before = await db.selectFrom('actors').select('roles').where('id', '=', id).executeTakeFirst();
  if (isKnown(before?.roles)) return;
  await inTransaction(db, async (tx) => {
    const { seq } = await lockStream(tx, ACTORS_STREAM);
    const row = await tx
      .selectFrom('actors')
      .select('roles')
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined || isKnown(row.roles)) return;
    await appendFacts(
      tx,
      [
        {
          stream: ACTORS_STREAM,
          key: `actor.seen:${id}:${seq + 1}`,
          type: 'actor.seen',
          actor: id,
          data: { subject: id, kind, roles: sorted },
        },
      ],
      now,
    );
    await tx
      .updateTable('actors')
      .set({ roles: JSON.stringify(sorted) })
      .where('id', '=', id)
      .execute();
  });
}
