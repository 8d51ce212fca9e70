/** Carries wakes from the outbox to Temporal: starts the workflow when it is not running, else wakes it. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { Database } from '../store/database.ts';
import { relayBatch } from '../store/outbox.ts';
import type { Wake } from '../store/outbox.ts';
import { ENGINE_QUEUE } from '../workflows/task-queues.ts';

/**
 * Delivers one wake. Intakes run again and again under one id; a case, custody or pickup that ended well does not: its
 * workflow starts again only when the last one was lost (terminated, failed).
 */
export async function deliverWake(client: Client, { workflowId, workflowType }: Wake): Promise<void> {
  try {
    await client.workflow.signalWithStart(workflowType, {
      workflowId,
      taskQueue: ENGINE_QUEUE,
      signal: 'wake',
      signalArgs: [],
      workflowIdReusePolicy:
        workflowType === 'connectorIntake' ? 'ALLOW_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY',
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return;
    throw error;
  }
}

/** Relays until the outbox is empty. @returns How many wakes went. */
export async function relayAll(
  db: Database,
  client: Client,
  delivered: () => void = () => {},
): Promise<number> {
  let total = 0;
  for (;;) {
    const count = await relayBatch(db, async (wake) => {
      await deliverWake(client, wake);
      delivered();
    });
    total += count;
    if (count === 0) return total;
  }
}
