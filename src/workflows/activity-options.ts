/** One proxy per latency class. Only Temporal retries: no client below does. */
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { ActivityOptions } from '@temporalio/workflow';
import type { DatabaseActivities, VendorActivities } from '../activities/activity-types.ts';
import { connectorQueue } from './task-queues.ts';

/** Short database work: two seconds, three tries, in the worker that runs the workflow. */
export const local = proxyLocalActivities<DatabaseActivities>({
  startToCloseTimeout: '2s',
  retry: { initialInterval: '100ms', maximumAttempts: 3 },
});

/** The same work as an ordinary activity, for a database that is away longer than that: it holds no workflow task open. */
export const ordinary = proxyActivities<DatabaseActivities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** Work on much of the database, which reports that it is alive. */
export const lasting = proxyActivities<DatabaseActivities>({
  startToCloseTimeout: '2h',
  heartbeatTimeout: '1m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/**
 * Vendor work on its connector's own queue: tried again for as long as it takes, at the pace that the failure names (the
 * vendor's own delay, or growing pauses).
 */
const VENDOR: ActivityOptions = {
  startToCloseTimeout: '2m',
  // The work itself takes seconds; a worker that died with it is noticed by this.
  heartbeatTimeout: '20s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
};

export function vendor(connector: string) {
  return proxyActivities<VendorActivities>({ ...VENDOR, taskQueue: connectorQueue(connector) });
}

/** Long readings that report that they are alive. */
export function bulk(connector: string) {
  return proxyActivities<VendorActivities>({
    ...VENDOR,
    startToCloseTimeout: '2h',
    heartbeatTimeout: '1m',
    taskQueue: connectorQueue(connector),
  });
}

/** A whole inventory, which must have been read within so many milliseconds: tried again until then. */
export function booksOf(connector: string, withinMs: number) {
  return proxyActivities<VendorActivities>({
    ...VENDOR,
    startToCloseTimeout: withinMs,
    scheduleToCloseTimeout: withinMs,
    heartbeatTimeout: '1m',
    taskQueue: connectorQueue(connector),
  });
}
