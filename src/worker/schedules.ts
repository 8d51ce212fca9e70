/** Temporal Schedules of the sweeps: one per connector and kind, never two at once. */
import { ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Client, ScheduleOptions } from '@temporalio/client';
import { ENGINE_QUEUE } from '../workflows/task-queues.ts';

export interface SweepPlan {
  readonly id: string;
  readonly workflowType:
    | 'sweepWipes'
    | 'sweepIdentity'
    | 'snapshotDirectory'
    | 'countFleet'
    | 'sweepHolds'
    | 'sweepInventory'
    | 'sweepParcels'
    | 'reconcile';
  readonly args: readonly [{ readonly connector: string }] | readonly [];
  readonly everyMs: number;
  /** Run once now, as soon as the schedule is made for the first time. */
  readonly atOnce: boolean;
}

/** Makes the schedules be as planned: makes what is missing, changes what differs. */
export async function ensureSchedules(client: Client, plans: readonly SweepPlan[]): Promise<void> {
  // A server that is busy takes seconds for each: a worker that starts again should not wait for them in a row.
  await Promise.all(plans.map((plan) => ensureSchedule(client, plan)));
}

async function ensureSchedule(client: Client, plan: SweepPlan): Promise<void> {
  const options = optionsOf(plan);
  try {
    await client.schedule.create({ ...options, state: { triggerImmediately: plan.atOnce } });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(plan.id).update((before) => ({
      ...before,
      spec: options.spec,
      action: options.action,
      policies: options.policies ?? {},
    }));
  }
}

function optionsOf({ id, workflowType, args, everyMs }: SweepPlan) {
  return {
    scheduleId: id,
    spec: { intervals: [{ every: everyMs }] },
    action: { type: 'startWorkflow', workflowType, workflowId: id, taskQueue: ENGINE_QUEUE, args: [...args] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: 60_000 },
  } as const satisfies ScheduleOptions;
}
