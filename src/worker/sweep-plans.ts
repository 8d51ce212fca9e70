import type { CalendarSpec } from '@temporalio/client';
import type { Connectors } from '../adapters/connectors.ts';
import type { ReconciliationPeriod, ReconciliationPolicy } from '../domain/reconciliation-policy.ts';
import { sweepId } from '../store/outbox.ts';
import type { Calendar, SweepPlan } from './schedules.ts';

/** The intervals of the configuration, milliseconds. */
export interface SweepIntervals {
  readonly devices: number;
  readonly identity: number;
  readonly snapshots: number;
  readonly holds: number;
  readonly inventory: number;
  readonly parcels: number;
  readonly pickups: number;
  readonly reconcile: number;
}

/** Which sweeps this installation's connectors need. */
export function planSweeps(
  every: SweepIntervals,
  connectors: Connectors,
  reconciliation: ReconciliationPolicy,
): readonly SweepPlan[] {
  const identities = [...connectors.identity.keys()];
  const plan = (workflowType: SweepPlan['workflowType'], connector: string, everyMs: number): SweepPlan => ({
    id: sweepId(workflowType, connector),
    workflowType,
    args: [{ connector }],
    when: { everyMs },
    atOnce: true,
  });
  return [
    ...[...connectors.devices.keys()].map((name) => plan('sweepWipes', name, every.devices)),
    ...[...connectors.devices.keys()].map((name) => plan('countFleet', name, every.snapshots)),
    ...identities.map((name) => plan('sweepIdentity', name, every.identity)),
    ...identities.map((name) => plan('snapshotDirectory', name, every.snapshots)),
    ...[...connectors.holds.keys()].map((name) => plan('sweepHolds', name, every.holds)),
    ...[...connectors.inventory.values()]
      // Where Handback closes records itself, and nothing is said of what has left or came late, there is nothing to look at.
      .filter(({ port }) => !port.closes || port.leaving !== undefined || port.dispositionPlace !== undefined)
      .map(({ name }) => plan('sweepInventory', name, every.inventory)),
    ...[...connectors.carrier.keys()].map((name) => plan('sweepParcels', name, every.parcels)),
    ...[...connectors.disposition.keys()].map((name) => plan('sweepPickups', name, every.pickups)),
    {
      id: 'sweep:reconcile',
      workflowType: 'reconcile',
      args: [],
      when: { everyMs: every.reconcile },
      atOnce: true,
    },
    {
      id: 'sweep:assets',
      workflowType: 'startAssetReconciliation',
      args: [],
      when: calendarOf(reconciliation),
      atOnce: false,
    },
  ];
}

const DAYS = {
  quarter: { month: ['JANUARY', 'APRIL', 'JULY', 'OCTOBER'], dayOfMonth: 1 },
  month: { dayOfMonth: 1 },
  week: { dayOfWeek: 'MONDAY' },
  day: {},
} satisfies Record<ReconciliationPeriod, CalendarSpec>;

function calendarOf({ every, atMinute, timeZone }: ReconciliationPolicy): Calendar {
  const calendar = { ...DAYS[every], hour: Math.floor(atMinute / 60), minute: atMinute % 60 };
  return { calendar: { ...calendar, comment: `each ${every}` }, timeZone };
}
