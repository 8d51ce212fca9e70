/** Exceptions for people to decide. */
import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { Reader } from '../database.ts';
import type { Schema } from '../schema.ts';

export type ExceptionRow = Selectable<Schema['exceptions']>;

export interface ExceptionFilter {
  readonly open: boolean | null;
  readonly owner: string | null;
  readonly code: string | null;
  readonly caseId: string | null;
  readonly deviceId: string | null;
  readonly pickupId: string | null;
}

/** Oldest first. `after`: the last row of the page before. */
export async function listExceptions(
  db: Reader,
  filter: ExceptionFilter,
  after: { readonly openedAt: string; readonly id: string } | null,
  limit: number,
): Promise<readonly ExceptionRow[]> {
  let query = db.selectFrom('exceptions').selectAll().orderBy('opened_at').orderBy('id').limit(limit);
  if (filter.open !== null) query = query.where('resolved_at', filter.open ? 'is' : 'is not', null);
  for (const [column, value] of [
    ['owner', filter.owner],
    ['code', filter.code],
    ['case_id', filter.caseId],
    ['device_id', filter.deviceId],
    ['pickup_id', filter.pickupId],
  ] as const) {
    if (value !== null) query = query.where(column, '=', value);
  }
  if (after !== null) query = query.where(sql<boolean>`(opened_at, id) > (${after.openedAt}, ${after.id})`);
  return query.execute();
}

export async function readException(db: Reader, id: string): Promise<ExceptionRow | null> {
  return (await db.selectFrom('exceptions').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** Exceptions of one stream: case, device or pickup. */
export async function exceptionsOf(db: Reader, streams: readonly string[]): Promise<readonly ExceptionRow[]> {
  if (streams.length === 0) return [];
  return db
    .selectFrom('exceptions')
    .selectAll()
    .where('stream', 'in', [...streams])
    .orderBy('opened_at')
    .orderBy('id')
    .execute();
}

/** Open exceptions past their date that no case waits for: pickups, connectors, unknown serials. At most 200, oldest first. */
export async function overdueOthers(db: Reader, now: Date): Promise<readonly ExceptionRow[]> {
  return db
    .selectFrom('exceptions')
    .selectAll()
    .where('resolved_at', 'is', null)
    .where('due_at', '<=', now.toISOString())
    .where('stream', 'not like', 'case:%')
    .where('stream', 'not like', 'device:%')
    .orderBy('opened_at')
    .orderBy('id')
    .limit(200)
    .execute();
}
