/** Sends what waits for a notifier. Workflow id `notices:<connector>`: one at a time, so wakes coalesce. */
import { workflowInfo } from '@temporalio/workflow';
import { bulk } from './activity-options.ts';
import { listen } from './waking.ts';

export async function connectorNotices(): Promise<void> {
  const waker = listen();
  const connector = workflowInfo().workflowId.slice('notices:'.length);
  for (let seen = -1; waker.count > seen;) {
    seen = waker.count;
    await bulk(connector).sendNotices({ connector });
  }
}
