/** Missed deadlines for lists and counts. */
import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { DeadlineTrigger } from '../../domain/deadlines.ts';
import type { Reader } from '../database.ts';
import type { DockSchema } from '../schema-dock.ts';

export type BreachRow = Selectable<DockSchema['deadline_breaches']>;

export interface BreachFilter {
  /** `true`: not healed yet; `false`: healed; `null`: both. */
  readonly open: boolean | null;
  readonly trigger: DeadlineTrigger | null;
}

/** Latest first. `after`: the last row of the page before. */
export async function listBreaches(
  db: Reader,
  { open, trigger }: BreachFilter,
  after: Pick<BreachRow, 'recorded_at' | 'stream' | 'trigger'> | null,
  limit: number,
): Promise<readonly BreachRow[]> {
  let query = db
    .selectFrom('deadline_breaches')
    .selectAll()
    .orderBy('recorded_at', 'desc')
    .orderBy('stream', 'desc')
    .orderBy('trigger', 'desc')
    .limit(limit);
  if (open !== null) query = query.where('healed_at', open ? 'is' : 'is not', null);
  if (trigger !== null) query = query.where('trigger', '=', trigger);
  if (after !== null)
    query = query.where(
      sql<boolean>`(recorded_at, stream, trigger) < (${after.recorded_at}::timestamptz, ${after.stream}, ${after.trigger})`,
    );
  return query.execute();
}

export interface BreachCount {
  readonly trigger: DeadlineTrigger;
  readonly open: number;
  readonly healed: number;
}

/** By trigger, in their alphabetic order; those that were never missed are left out. */
export async function countBreaches(db: Reader): Promise<readonly BreachCount[]> {
  const { rows } = await sql<BreachCount>`
    select trigger, count(*) filter (where healed_at is null) as open, count(healed_at) as healed
    from deadline_breaches group by trigger order by trigger`.execute(db);
  return rows;
}
