/** Where a leaver's working days are counted, as a custody's first fact tells it. */
import type { Policy } from '../domain/policy.ts';
import type { Tx } from './database.ts';

/** Without a zone of their own people are taken to live by this one. */
const NO_ZONE = 'UTC';

/** @returns `null` when the policy has no calendar for the person's country, or the country is not known. */
export async function readWorkingDays(
  tx: Tx,
  personId: string | null,
  { workingDays = {} }: Policy,
): Promise<{ readonly country: string; readonly timeZone: string } | null> {
  if (personId === null || Object.keys(workingDays).length === 0) return null;
  const person = await tx
    .selectFrom('persons')
    .select(['country', 'time_zone'])
    .where('id', '=', personId)
    .executeTakeFirst();
  const country = person?.country?.toUpperCase();
  if (country === undefined || workingDays[country] === undefined) return null;
  return { country, timeZone: person?.time_zone ?? NO_ZONE };
}
