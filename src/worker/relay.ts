/** Carries wakes from the outbox to Temporal: starts the workflow when it is not running, else wakes it; a sweep comes at once. */
import {
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Log } from '../activities/context.ts';
import type { Database } from '../store/database.ts';
import { relayBatch } from '../store/outbox.ts';
import type { Delivery } from '../store/outbox.ts';
import { ENGINE_QUEUE } from '../workflows/task-queues.ts';

/** One call to Temporal may take this long, milliseconds; then its wake is delivered again later. */
const CALL_LIMIT_MS = 10_000;

/**
 * Delivers one wake. Intakes, notices and askings run again and again under one id; a case, custody or pickup that ended well does not: its
 * workflow starts again only when the last one was lost (terminated, failed). A mere start leaves a running one untouched: it
 * gets no signal, and its history no event.
 */
export async function deliverWake(
  client: Client,
  { workflowId, workflowType, onlyStart }: Delivery,
): Promise<void> {
  if (SWEEPS.has(workflowType)) return bringForward(client, workflowId);
  const options = {
    workflowId,
    taskQueue: ENGINE_QUEUE,
    workflowIdReusePolicy: STARTED_ANEW.has(workflowType) ? 'ALLOW_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY',
  } as const;
  try {
    await client.withDeadline(Date.now() + CALL_LIMIT_MS, async () => {
      if (onlyStart)
        await client.workflow.start(workflowType, {
          ...options,
          workflowIdConflictPolicy: 'FAIL',
          args: [],
          // The first step is handed to the worker in this very process, without its having to ask for it.
          requestEagerStart: client.connection instanceof NativeConnection,
        });
      else
        await client.workflow.signalWithStart(workflowType, { ...options, signal: 'wake', signalArgs: [] });
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return;
    throw error;
  }
}

const SWEEPS: ReadonlySet<string> = new Set(['sweepInventory']);

/** One that runs now may have passed by what is new: then it comes once more after that. Where none is planned, none is needed. */
async function bringForward(client: Client, scheduleId: string): Promise<void> {
  try {
    await client.withDeadline(Date.now() + CALL_LIMIT_MS, () =>
      client.schedule.getHandle(scheduleId).trigger(ScheduleOverlapPolicy.BUFFER_ONE),
    );
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

/** Workflows that end once there is nothing to do, and are woken when there is again; the others end for good. */
const STARTED_ANEW: ReadonlySet<string> = new Set([
  'connectorIntake',
  'connectorNotices',
  'inventoryAsking',
  'itadPickup',
]);

/** Most rows that are taken at once. */
const BATCH = 200;

/**
 * Relays until nothing of the outbox is due.
 *
 * @returns How many wakes went.
 * @throws what the last delivery failed with, when all of a batch did: Temporal is then most likely not there.
 */
export async function relayAll(
  db: Database,
  client: Client,
  log: Log,
  delivered: () => void = () => {},
): Promise<number> {
  let total = 0;
  for (;;) {
    const batch = await relayBatch(
      db,
      async (delivery) => {
        await deliverWake(client, delivery);
        delivered();
      },
      BATCH,
    );
    total += batch.delivered;
    if (batch.delivered === 0 && batch.failed > 0) throw batch.error;
    if (batch.failed > 0)
      log.warn({ wakes: batch.failed }, 'wakes could not be delivered and stay for later');
    // A batch that is not full was all that was due; what has come since announces itself.
    if (batch.delivered + batch.failed < BATCH) return total;
    if (batch.delivered === 0) return total;
  }
}
