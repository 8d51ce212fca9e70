/** One collection by the disposal vendor, until its manifest is out. Workflow id `pickup:<pickup id>`. */
import { patched, workflowInfo } from '@temporalio/workflow';
import { ordinary, vendor } from './activity-options.ts';
import { listen } from './waking.ts';

export async function itadPickup(): Promise<void> {
  const waker = listen();
  const pickupId = workflowInfo().workflowId.slice('pickup:'.length);
  const connector = await ordinary.pickupConnector({ pickupId });
  if (!patched('manifest-again')) return vendor(connector).bookPickup({ pickupId });
  // A decision on the dock may have changed the manifest while it was being sent.
  for (let seen = -1; seen !== waker.count;) {
    seen = waker.count;
    await vendor(connector).bookPickup({ pickupId });
  }
}
