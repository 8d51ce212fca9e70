import type { Client } from '@temporalio/client';

/**
 * Makes schedules before the engine does, paused: it then keeps them so. What they would run is not part of what is measured,
 * and would otherwise fall into one round or another.
 */
export async function pauseForGood(client: Client, scheduleIds: readonly string[]): Promise<void> {
  for (const scheduleId of scheduleIds) {
    await client.schedule.create({
      scheduleId,
      spec: { intervals: [{ every: '1d' }] },
      action: {
        type: 'startWorkflow',
        workflowType: 'reconcile',
        workflowId: scheduleId,
        taskQueue: 'handback',
        args: [],
      },
      state: { paused: true },
    });
  }
}
