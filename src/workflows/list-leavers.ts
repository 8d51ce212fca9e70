/** Lists who left in a period by one source, for an audit. Workflow id `period:<period id>:<connector>`. */
import { workflowInfo } from '@temporalio/workflow';
import { bulk } from './activity-options.ts';
import { listen } from './waking.ts';

export async function listLeavers(): Promise<void> {
  listen();
  const [, periodId = '', connector = ''] = workflowInfo().workflowId.split(':');
  await bulk(connector).listLeavers({ connector, periodId });
}
