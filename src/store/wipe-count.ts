/** How many wipes count against the limit, and how large the fleet is. */
import { sql } from 'kysely';
import { countedSince } from '../domain/wipe-limit.ts';
import type { WipeCount } from '../domain/wipe-limit.ts';
import type { Reader } from './database.ts';

/** A wipe that the vendor certainly did not accept gives its place back; a release begins both windows anew. */
export async function countWipes(
  db: Reader,
  window: { readonly windowMs: number; readonly releasedAt: string | null },
  now: Date,
): Promise<WipeCount> {
  const since = countedSince(window, now.getTime());
  const [recent, today] = [new Date(since.recent), new Date(since.today)];
  const { rows } = await sql<WipeCount>`
    select (select count(*) from intents where kind = 'wipe' and created_at > ${recent}
              and answer is distinct from 'not-accepted') as recent,
           (select count(*) from intents where kind = 'wipe' and created_at > ${today}
              and answer is distinct from 'not-accepted') as today,
           coalesce((select sum(fleet_size) from connector_state), (select count(*) from devices)) as fleet`.execute(
    db,
  );
  const [counted] = rows;
  if (counted === undefined) throw new Error('nothing was counted');
  return counted;
}
