/** Activities as the workflows call them: one per vendor call, tried again until it answers; a wipe is tried once. */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from './activities.ts';

export const ask = proxyActivities<Activities>({
  startToCloseTimeout: '1m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

export const once = proxyActivities<Pick<Activities, 'sendWipe'>>({
  startToCloseTimeout: '1m',
  retry: { maximumAttempts: 1 },
});
