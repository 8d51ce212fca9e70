/** A planted mistake: the judgement is asked for once more, first, and as an ordinary activity. */
import { workflowInfo } from '@temporalio/workflow';
import { ordinary } from '../../../src/workflows/activity-options.ts';
import { deviceCustody as real } from '../../../src/workflows/device-custody.ts';

export async function deviceCustody(): Promise<void> {
  const [, deviceId = '', epoch = ''] = workflowInfo().workflowId.split(':');
  await ordinary.assessCustody({
    deviceId,
    epoch: Number(epoch),
    now: Date.now(),
  });
  await real();
}
