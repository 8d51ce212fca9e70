/** How many wipes count against the limit, and how large the fleet is. */
import { sql } from 'kysely';
import type { Reader } from './database.ts';

const DAY_MS = 24 * 3_600_000;

export interface WipeCount {
  /** In the present window. */
  readonly recent: number;
  /** In the last 24 hours. */
  readonly today: number;
  /** Devices that the device managers know, or, before they were counted, that we do. */
  readonly fleet: number;
}

/** A wipe that the vendor certainly did not accept gives its place back; a release begins both windows anew. */
export async function countWipes(
  db: Reader,
  { windowMs, releasedAt }: { readonly windowMs: number; readonly releasedAt: string | null },
  now: Date,
): Promise<WipeCount> {
  const released = releasedAt === null ? 0 : Date.parse(releasedAt);
  const since = new Date(Math.max(now.getTime() - windowMs, released));
  const sinceDay = new Date(Math.max(now.getTime() - DAY_MS, released));
  const { rows } = await sql<WipeCount>`
    select (select count(*) from intents where kind = 'wipe' and created_at > ${since}
              and answer is distinct from 'not-accepted') as recent,
           (select count(*) from intents where kind = 'wipe' and created_at > ${sinceDay}
              and answer is distinct from 'not-accepted') as today,
           coalesce((select sum(fleet_size) from connector_state), (select count(*) from devices)) as fleet`.execute(
    db,
  );
  const [counted] = rows;
  if (counted === undefined) throw new Error('nothing was counted');
  return counted;
}
