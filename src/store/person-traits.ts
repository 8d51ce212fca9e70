/** What groups of people are told by. */
import type { PersonTraits } from '../domain/people-groups.ts';
import type { Reader } from './database.ts';

/** @throws Error when there is no such person. */
export async function readTraits(db: Reader, personId: string): Promise<PersonTraits> {
  const { country, group_name: group } = await db
    .selectFrom('persons')
    .select(['country', 'group_name'])
    .where('id', '=', personId)
    .executeTakeFirstOrThrow();
  return { country: country?.toUpperCase() ?? null, group };
}
