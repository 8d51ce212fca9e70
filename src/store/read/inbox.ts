/** The inbox as operators see it: never the bodies. */
import { sql } from 'kysely';
import type { Reader } from '../database.ts';

export interface InboxRow {
  readonly id: number;
  readonly connector: string;
  readonly delivery_id: string;
  readonly received_at: string;
  readonly state: 'new' | 'done' | 'quarantined';
  readonly attempts: number;
  readonly reason: string | null;
  readonly bytes: number;
}

/** Newest first. `after`: the id that the page before ended with. */
export async function listInbox(
  db: Reader,
  filter: { readonly state: InboxRow['state']; readonly connector: string | null },
  after: number | null,
  limit: number,
): Promise<readonly InboxRow[]> {
  let query = db
    .selectFrom('inbox')
    .select([
      'id',
      'connector',
      'delivery_id',
      'received_at',
      'state',
      'attempts',
      'reason',
      sql<number>`octet_length(body)`.as('bytes'),
    ])
    .where('state', '=', filter.state)
    .orderBy('id', 'desc')
    .limit(limit);
  if (filter.connector !== null) query = query.where('connector', '=', filter.connector);
  if (after !== null) query = query.where('id', '<', after);
  return query.execute();
}
