/** The inbox: raw bytes of authenticated requests, stored before anything is answered, read later. */
import { sql } from 'kysely';
import { sha256Hex } from '../ledger/canonical.ts';
import { intakeWorkflowId } from '../domain/ids.ts';
import type { Database } from './database.ts';
import { OUTBOX_CHANNEL } from './outbox.ts';

/**
 * Stores a delivery, once per delivery id, and wakes the connector's intake: one statement, one round trip.
 *
 * @param deliveryId The sender's own id; `null` = the digest of the body serves.
 * @returns Whether it was new.
 */
export async function storeDelivery(
  db: Database,
  connector: string,
  deliveryId: string | null,
  body: Buffer,
): Promise<boolean> {
  const { rows } = await sql<{ id: number }>`
    with stored as (
      insert into inbox (connector, delivery_id, body) values (${connector}, ${deliveryId ?? `sha256:${sha256Hex(body)}`}, ${body})
      on conflict (connector, delivery_id) do nothing returning id
    ), woken as (
      insert into outbox (workflow_id, workflow_type) select ${intakeWorkflowId(connector)}, 'connectorIntake' from stored
    ) select id, pg_notify(${OUTBOX_CHANNEL}, '') from stored`.execute(db);
  return rows.length > 0;
}

export interface Delivery {
  readonly id: number;
  readonly deliveryId: string;
  readonly body: Buffer;
  readonly attempts: number;
}

/** The next deliveries of a connector that are due, oldest first. */
export async function nextDeliveries(
  db: Database,
  connector: string,
  limit: number,
): Promise<readonly Delivery[]> {
  const rows = await db
    .selectFrom('inbox')
    .select(['id', 'delivery_id', 'body', 'attempts'])
    .where('connector', '=', connector)
    .where('state', '=', 'new')
    .where('next_attempt_at', '<=', sql<string>`now()`)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    deliveryId: row.delivery_id,
    body: row.body,
    attempts: row.attempts,
  }));
}

export async function finishDelivery(db: Database, id: number): Promise<void> {
  await db.updateTable('inbox').set({ state: 'done', reason: null }).where('id', '=', id).execute();
}

/** Authenticated, and not readable: kept and shown. `reason` holds no content. */
export async function quarantineDelivery(db: Database, id: number, reason: string): Promise<void> {
  await db.updateTable('inbox').set({ state: 'quarantined', reason }).where('id', '=', id).execute();
}
