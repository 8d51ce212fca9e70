/** Messages as operators see them: to whom by role, how it went, and why not; never an address, never a text. */
import { sql } from 'kysely';
import type { Reader } from '../database.ts';
import type { Notification } from '../notifications.ts';
import type { NotificationState } from '../schema.ts';

export interface NotificationFilter {
  readonly state: NotificationState | null;
  readonly caseId: string | null;
  readonly deviceId: string | null;
  readonly role: string | null;
}

/** Newest first. `after`: the last row of the page before. */
export async function listNotifications(
  db: Reader,
  filter: NotificationFilter,
  after: { readonly createdAt: string; readonly id: string } | null,
  limit: number,
): Promise<readonly Notification[]> {
  let query = db
    .selectFrom('notifications')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);
  for (const [column, value] of [
    ['state', filter.state],
    ['case_id', filter.caseId],
    ['device_id', filter.deviceId],
    ['role', filter.role],
  ] as const) {
    if (value !== null) query = query.where(column, '=', value);
  }
  if (after !== null) query = query.where(sql<boolean>`(created_at, id) < (${after.createdAt}, ${after.id})`);
  return query.execute();
}

export async function readNotification(db: Reader, id: string): Promise<Notification | null> {
  return (await db.selectFrom('notifications').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}
