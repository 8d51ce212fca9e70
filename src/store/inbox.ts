/** The inbox: raw bytes of authenticated requests, stored before anything is answered, read later. */
import { sql } from 'kysely';
import { sha256Hex } from '../ledger/canonical.ts';
import { intakeWorkflowId } from '../domain/ids.ts';
import type { Database, Reader } from './database.ts';
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

/** Taken in. One that was put aside while it was read stays so. */
export async function finishDelivery(db: Database, id: number): Promise<void> {
  await db
    .updateTable('inbox')
    .set({ state: 'done', reason: null })
    .where('id', '=', id)
    .where('state', '=', 'new')
    .execute();
}

/** Failed for a reason of its own: counted, and due again after `pauseMs`. */
export async function deferDelivery(
  db: Database,
  id: number,
  reason: string,
  pauseMs: number,
): Promise<void> {
  await sql`
    update inbox set attempts = attempts + 1, reason = ${reason}, next_attempt_at = now() + make_interval(secs => ${pauseMs / 1000})
    where id = ${id} and state = 'new'`.execute(db);
}

/** @returns Milliseconds until the next delivery that waits for its next try is due; `null` when none waits. */
export async function nextRetryIn(db: Database, connector: string): Promise<number | null> {
  const { rows } = await sql<{ wait: number | null }>`
    select (extract(epoch from min(next_attempt_at) - now()) * 1000)::float8 as wait from inbox
    where connector = ${connector} and state = 'new'`.execute(db);
  const wait = rows[0]?.wait ?? null;
  return wait === null ? null : Math.max(0, wait);
}

/** Authenticated, and not readable: kept and shown. `reason` holds no content. */
export async function quarantineDelivery(db: Reader, id: number, reason: string): Promise<void> {
  await db.updateTable('inbox').set({ state: 'quarantined', reason }).where('id', '=', id).execute();
}
