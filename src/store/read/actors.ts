/** Actors for lists, with the revocation in force. */
import type { Reader } from '../database.ts';
import type { ActorRow } from '../actors.ts';

export interface ListedActor extends ActorRow {
  readonly revoked_at: string | null;
  readonly revoked_by: string | null;
  readonly reason: string | null;
}

function actorsWithStanding(db: Reader) {
  return db
    .selectFrom('actors')
    .leftJoin('actor_revocations as revocation', (join) =>
      join.onRef('revocation.actor', '=', 'actors.id').on('revocation.lifted_at', 'is', null),
    )
    .selectAll('actors')
    .select(['revocation.revoked_at', 'revocation.revoked_by', 'revocation.reason']);
}

/** In the order of their ids. `after`: where the page before ended. */
export async function listActors(
  db: Reader,
  filter: { readonly revokedOnly: boolean },
  after: string | null,
  limit: number,
): Promise<readonly ListedActor[]> {
  let query = actorsWithStanding(db).orderBy('actors.id').limit(limit);
  if (filter.revokedOnly) query = query.where('revocation.revoked_at', 'is not', null);
  if (after !== null) query = query.where('actors.id', '>', after);
  return query.execute();
}

export async function actorWithStanding(db: Reader, id: string): Promise<ListedActor | null> {
  return (await actorsWithStanding(db).where('actors.id', '=', id).executeTakeFirst()) ?? null;
}
