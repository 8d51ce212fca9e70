/** Asks one inventory about what was just scanned at pickups. Workflow id `asking:<connector>`: one at a time, so wakes coalesce. */
import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import { bulk } from './activity-options.ts';
import { listen } from './waking.ts';

export async function inventoryAsking(): Promise<void> {
  const waker = listen();
  const connector = workflowInfo().workflowId.slice('asking:'.length);
  for (let seen = -1; waker.count > seen;) {
    // Id and database are all that it needs to start.
    if (workflowInfo().continueAsNewSuggested) return continueAsNew();
    seen = waker.count;
    await bulk(connector).askInventory({ connector });
  }
}
