/** Temporal Schedules of the sweeps: one per connector and kind, never two at once. */
import { ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type { CalendarSpec, Client, ScheduleOptions } from '@temporalio/client';
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
    | 'sweepPickups'
    | 'reconcile'
    | 'startAssetReconciliation';
  readonly args: readonly [{ readonly connector: string }] | readonly [];
  readonly when: Every | Calendar;
  /** Run once now, as soon as the schedule is made for the first time. */
  readonly atOnce: boolean;
}

/** Again and again, milliseconds. */
export interface Every {
  readonly everyMs: number;
}

/** By the clock and the calendar of a place (IANA). */
export interface Calendar {
  readonly calendar: CalendarSpec;
  readonly timeZone: string;
}

/** What was missed while Temporal was away: a sweep comes again soon, what has its day is made up for. */
const CATCH_UP_MS = 60_000;
const CATCH_UP_DAY_MS = 7 * 86_400_000;

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

function optionsOf({ id, workflowType, args, when }: SweepPlan) {
  const isDated = 'calendar' in when;
  return {
    scheduleId: id,
    spec: isDated
      ? { calendars: [when.calendar], timezone: when.timeZone }
      : { intervals: [{ every: when.everyMs }] },
    action: { type: 'startWorkflow', workflowType, workflowId: id, taskQueue: ENGINE_QUEUE, args: [...args] },
    policies: {
      overlap: ScheduleOverlapPolicy.SKIP,
      catchupWindow: isDated ? CATCH_UP_DAY_MS : CATCH_UP_MS,
    },
  } as const satisfies ScheduleOptions;
}
