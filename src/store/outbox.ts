/**
 * The outbox: which workflows must look again, written in the transaction that gave them the reason. A relay in the worker
 * starts or wakes them.
 */
import { sql } from 'kysely';
import type { Database, Tx } from './database.ts';

/** The workflow types by their registered names; the id says which subject. */
export type WorkflowType =
  | 'offboardingCase'
  | 'deviceCustody'
  | 'itadPickup'
  | 'connectorIntake'
  | 'connectorNotices'
  | 'inventoryAsking'
  | 'backfillLeavers'
  | 'reconcileAssets'
  | 'listLeavers'
  // A sweep that has a schedule: it comes now, instead of at its next time.
  | 'sweepInventory';

export interface Wake {
  readonly workflowId: string;
  readonly workflowType: WorkflowType;
}

/** The id of a sweep's schedule, and of its workflow. */
export function sweepId(workflowType: string, connector: string): string {
  return `sweep:${workflowType}:${connector}`;
}

/** Channel of the database's own notifications, so that the relay need not wait for its next look. */
export const OUTBOX_CHANNEL = 'handback_outbox';

/** Queues wakes. Many for one workflow become one signal. */
export async function queueWakes(tx: Tx, wakes: readonly Wake[]): Promise<void> {
  await queue(tx, wakes, false);
}

/**
 * Queues wakes for the relay's next look, a second off at most: what comes in one after the other becomes one signal, and whoever
 * queues them pays for no notification.
 */
export async function queueWakesSoon(tx: Tx, wakes: readonly Wake[]): Promise<void> {
  if (wakes.length === 0) return;
  await tx
    .insertInto('outbox')
    .values(
      wakes.map(({ workflowId, workflowType }) => ({ workflow_id: workflowId, workflow_type: workflowType })),
    )
    .execute();
}

/** Queues a wake for a later moment: no timer runs meanwhile, and none is lost. */
export async function queueWakeAt(tx: Tx, { workflowId, workflowType }: Wake, at: Date): Promise<void> {
  await tx
    .insertInto('outbox')
    .values({ workflow_id: workflowId, workflow_type: workflowType, next_attempt_at: at })
    .execute();
}

/** Queues starts of workflows that are new: one that runs already has no reason to look again. */
export async function queueStarts(tx: Tx, starts: readonly Wake[]): Promise<void> {
  await queue(tx, starts, true);
}

async function queue(tx: Tx, wakes: readonly Wake[], onlyStart: boolean): Promise<void> {
  if (wakes.length === 0) return;
  const [ids, types] = [wakes.map((wake) => wake.workflowId), wakes.map((wake) => wake.workflowType)];
  await sql`
    with queued as (
      insert into outbox (workflow_id, workflow_type, only_start)
      select workflow_id, workflow_type, ${onlyStart} from unnest(${ids}::text[], ${types}::text[]) as wakes (workflow_id, workflow_type)
    ) select pg_notify(${OUTBOX_CHANNEL}, '')`.execute(tx);
}

/** One delivery: the rows of one workflow that were taken together. */
export interface Delivery extends Wake {
  /** Start it if it does not run, and leave it alone if it does: nobody has a reason to wake it. */
  readonly onlyStart: boolean;
}

export interface RelayedBatch {
  /** How many rows went. */
  readonly delivered: number;
  /** How many rows stay for later, because the delivery of their workflow failed. */
  readonly failed: number;
  /** What the last of them failed with. */
  readonly error: unknown;
}

/** How long the rows that one relay took are left alone by the others, seconds: longer than any delivery may take. */
const LEASE_S = 30;

/**
 * Takes a batch and hands it on, each workflow once and settled by itself: its rows go when `deliver` has resolved, and wait a
 * growing time (30 seconds at most) when it rejected. No transaction is open meanwhile: what a relay took and did not settle,
 * since its process ended, is taken again after the lease. So a delivery may come twice, and none is lost.
 */
export async function relayBatch(
  db: Database,
  deliver: (delivery: Delivery) => Promise<void>,
  limit = 200,
): Promise<RelayedBatch> {
  const batch = await takeBatch(db, limit);
  const outcomes = await Promise.all(
    batch.map(async ({ ids, ...delivery }) => {
      try {
        await deliver(delivery);
        return { ids, error: null };
      } catch (error) {
        return { ids, error: error ?? new Error('unknown') };
      }
    }),
  );
  const delivered = outcomes.filter(({ error }) => error === null).flatMap(({ ids }) => ids);
  const failures = outcomes.filter(({ error }) => error !== null);
  const failed = failures.flatMap(({ ids }) => ids);
  if (delivered.length > 0) await sql`delete from outbox where id = any(${delivered}::bigint[])`.execute(db);
  if (failed.length > 0)
    await sql`
      update outbox set attempts = attempts + 1,
        next_attempt_at = now() + least(30, 0.5 * 2 ^ least(attempts, 6)) * interval '1 second'
      where id = any(${failed}::bigint[])`.execute(db);
  return { delivered: delivered.length, failed: failed.length, error: failures.at(-1)?.error ?? null };
}

interface TakenDelivery extends Delivery {
  readonly ids: number[];
}

async function takeBatch(db: Database, limit: number): Promise<readonly TakenDelivery[]> {
  const { rows } = await sql<{
    id: number;
    workflow_id: string;
    workflow_type: WorkflowType;
    only_start: boolean;
  }>`
    update outbox set next_attempt_at = now() + ${LEASE_S} * interval '1 second'
    where id in (
      select id from outbox where next_attempt_at <= now() order by next_attempt_at, id for update skip locked limit ${limit}
    ) returning id, workflow_id, workflow_type, only_start`.execute(db);
  const taken = new Map<string, TakenDelivery>();
  for (const { id, workflow_id: workflowId, workflow_type: workflowType, only_start: onlyStart } of rows) {
    const known = taken.get(workflowId);
    if (known === undefined) taken.set(workflowId, { workflowId, workflowType, onlyStart, ids: [id] });
    else
      // One reason to wake it is enough.
      taken.set(workflowId, { ...known, onlyStart: known.onlyStart && onlyStart, ids: [...known.ids, id] });
  }
  return [...taken.values()];
}
