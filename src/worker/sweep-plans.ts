import type { Connectors } from '../adapters/connectors.ts';
import type { SweepPlan } from './schedules.ts';

/** The intervals of the configuration, milliseconds. */
export interface SweepIntervals {
  readonly devices: number;
  readonly identity: number;
  readonly snapshots: number;
  readonly holds: number;
  readonly inventory: number;
  readonly parcels: number;
  readonly reconcile: number;
}

/** Which sweeps this installation's connectors need. */
export function planSweeps(every: SweepIntervals, connectors: Connectors): readonly SweepPlan[] {
  const identities = [...connectors.identity.keys()];
  const plan = (workflowType: SweepPlan['workflowType'], connector: string, everyMs: number): SweepPlan => ({
    id: `sweep:${workflowType}:${connector}`,
    workflowType,
    args: [{ connector }],
    everyMs,
    atOnce: true,
  });
  return [
    ...[...connectors.devices.keys()].map((name) => plan('sweepWipes', name, every.devices)),
    ...[...connectors.devices.keys()].map((name) => plan('countFleet', name, every.snapshots)),
    ...identities.map((name) => plan('sweepIdentity', name, every.identity)),
    ...identities.map((name) => plan('snapshotDirectory', name, every.snapshots)),
    ...[...connectors.holds.keys()].map((name) => plan('sweepHolds', name, every.holds)),
    ...[...connectors.inventory.values()]
      // Where Handback closes records itself, and nothing is said of what has left, there is nothing to look at.
      .filter(({ port }) => !port.closes || port.leaving !== undefined)
      .map(({ name }) => plan('sweepInventory', name, every.inventory)),
    ...[...connectors.carrier.keys()].map((name) => plan('sweepParcels', name, every.parcels)),
    { id: 'sweep:reconcile', workflowType: 'reconcile', args: [], everyMs: every.reconcile, atOnce: true },
  ];
}
