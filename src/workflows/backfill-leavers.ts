/** Looks through one identity provider for past leavers. Workflow id `backfill:<backfill id>:<connector>`. */
import { workflowInfo } from '@temporalio/workflow';
import { bulk } from './activity-options.ts';
import { listen } from './waking.ts';

export async function backfillLeavers(): Promise<void> {
  listen();
  const [, backfillId = '', connector = ''] = workflowInfo().workflowId.split(':');
  await bulk(connector).backfillLeavers({ connector, backfillId });
}
