/** One collection by the disposal vendor, until its manifest is out. Workflow id `pickup:<pickup id>`. */
import { workflowInfo } from '@temporalio/workflow';
import { ordinary, vendor } from './activity-options.ts';
import { listen } from './waking.ts';

export async function itadPickup(): Promise<void> {
  listen();
  const pickupId = workflowInfo().workflowId.slice('pickup:'.length);
  const connector = await ordinary.pickupConnector({ pickupId });
  await vendor(connector).bookPickup({ pickupId });
}
