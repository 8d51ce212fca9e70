/** Holds for people to look at. */
import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { Reader } from '../database.ts';
import type { Schema } from '../schema.ts';

export type HoldRow = Selectable<Schema['holds']>;

export interface HoldFilter {
  readonly inForce: boolean | null;
  readonly personId: string | null;
  readonly deviceId: string | null;
}

/** Oldest first. `after`: the last row of the page before. */
export async function listHolds(
  db: Reader,
  { inForce, personId, deviceId }: HoldFilter,
  after: { readonly placedAt: string; readonly id: string } | null,
  limit: number,
): Promise<readonly HoldRow[]> {
  let query = db.selectFrom('holds').selectAll().orderBy('placed_at').orderBy('id').limit(limit);
  if (inForce !== null) query = query.where('lifted_at', inForce ? 'is' : 'is not', null);
  if (personId !== null) query = query.where('person_id', '=', personId);
  if (deviceId !== null) query = query.where('device_id', '=', deviceId);
  if (after !== null) query = query.where(sql<boolean>`(placed_at, id) > (${after.placedAt}, ${after.id})`);
  return query.execute();
}

export async function readHold(db: Reader, id: string): Promise<HoldRow | null> {
  return (await db.selectFrom('holds').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}
