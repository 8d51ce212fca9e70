/** Takes in what waits in a connector's inbox. Workflow id `intake:<connector>`: one at a time, so wakes coalesce. */
import { workflowInfo } from '@temporalio/workflow';
import { bulk } from './activity-options.ts';
import { listen } from './waking.ts';

export async function connectorIntake(): Promise<void> {
  const waker = listen();
  const connector = workflowInfo().workflowId.slice('intake:'.length);
  for (let seen = -1; waker.count > seen;) {
    seen = waker.count;
    await bulk(connector).drainInbox({ connector });
  }
}
