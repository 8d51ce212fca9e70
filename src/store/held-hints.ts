/**
 * Lifecycle hints that could not be taken in when they came. Each is kept in the inbox as a delivery of its own, so that it is
 * tried again, shown and decided like any other, and nothing behind it waits. Holds personal data, as bodies do.
 */
import { sql } from 'kysely';
import { intakeWorkflowId } from '../domain/ids.ts';
import type { Tx } from './database.ts';
import { queueWakes } from './outbox.ts';

/** Delivery ids of held hints begin with this; the provider's event id follows. */
export const HELD_HINT = 'hint:';

export interface HeldHint {
  readonly eventId: string;
}

/** Keeps the hint until somebody has decided. @returns Its number in the inbox. */
export async function holdForDecision(
  tx: Tx,
  connector: string,
  hint: HeldHint,
  reason: string,
): Promise<number> {
  const row = await tx
    .insertInto('inbox')
    .values({
      connector,
      delivery_id: `${HELD_HINT}${hint.eventId}`,
      body: Buffer.from(JSON.stringify(hint)),
      reason,
    })
    .onConflict((conflict) => conflict.columns(['connector', 'delivery_id']).doUpdateSet({ reason }))
    .returning('id')
    .executeTakeFirstOrThrow();
  await tx.updateTable('inbox').set({ state: 'quarantined' }).where('id', '=', row.id).execute();
  return row.id;
}

/** Keeps the hint to be tried again after `pauseMs`; one that is kept already stays as it is. */
export async function holdForRetry(
  tx: Tx,
  connector: string,
  hint: HeldHint,
  reason: string,
  pauseMs: number,
): Promise<void> {
  await tx
    .insertInto('inbox')
    .values({
      connector,
      delivery_id: `${HELD_HINT}${hint.eventId}`,
      body: Buffer.from(JSON.stringify(hint)),
      attempts: 1,
      next_attempt_at: sql<string>`now() + make_interval(secs => ${pauseMs / 1000})`,
      reason,
    })
    .onConflict((conflict) => conflict.columns(['connector', 'delivery_id']).doNothing())
    .execute();
  await queueWakes(tx, [{ workflowId: intakeWorkflowId(connector), workflowType: 'connectorIntake' }]);
}

/**
 * Acts on the decision about a delivery that was put aside: it is read again, or, `dismissed`, left alone for good. One that
 * was taken in meanwhile stays so.
 */
export async function applyDeliveryDecision(
  tx: Tx,
  connector: string,
  id: number,
  outcome: string,
): Promise<void> {
  const row = await tx
    .selectFrom('inbox')
    .select('delivery_id')
    .where('id', '=', id)
    .where('connector', '=', connector)
    .where('state', '=', 'quarantined')
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return;
  if (outcome === 'dismissed') {
    if (!row.delivery_id.startsWith(HELD_HINT)) return;
    await tx
      .updateTable('lifecycle_events')
      .set({ outcome })
      .where('connector', '=', connector)
      .where('event_id', '=', row.delivery_id.slice(HELD_HINT.length))
      .where('outcome', '=', 'ambiguous')
      .execute();
    return;
  }
  await tx
    .updateTable('inbox')
    .set({ state: 'new', reason: null, attempts: 0, next_attempt_at: sql<string>`now()` })
    .where('id', '=', id)
    .execute();
  await queueWakes(tx, [{ workflowId: intakeWorkflowId(connector), workflowType: 'connectorIntake' }]);
}
