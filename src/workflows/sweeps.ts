/** Sweeps, started by Temporal Schedules (overlap: skip), one activity each. */
import { bulk, ordinary } from './activity-options.ts';

export interface SweepRef {
  readonly connector: string;
}

/** Reads the state of all pending wipes of one device manager. */
export async function sweepWipes({ connector }: SweepRef): Promise<void> {
  await bulk(connector).sweepWipes({ connector });
}

/** Polls one identity provider for what a hook dropped, and keeps its push channel alive. */
export async function sweepIdentity({ connector }: SweepRef): Promise<void> {
  await bulk(connector).sweepIdentity({ connector });
}

/** Takes the nightly snapshot of one identity provider. */
export async function snapshotDirectory({ connector }: SweepRef): Promise<void> {
  await bulk(connector).snapshotDirectory({ connector });
}

/** Counts one device manager's fleet. */
export async function countFleet({ connector }: SweepRef): Promise<void> {
  await bulk(connector).countFleet({ connector });
}

/** Brings the holds of one source to what it says now. */
export async function sweepHolds({ connector }: SweepRef): Promise<void> {
  await bulk(connector).sweepHolds({ connector });
}

/** Asks one carrier about every parcel under way. */
export async function sweepParcels({ connector }: SweepRef): Promise<void> {
  await bulk(connector).sweepParcels({ connector });
}

/** Asks one disposal vendor about every pickup that waits for a list of its. */
export async function sweepPickups({ connector }: SweepRef): Promise<void> {
  await bulk(connector).sweepPickups({ connector });
}

/** Reads back what others close in one inventory, and lets it say which units have left. */
export async function sweepInventory({ connector }: SweepRef): Promise<void> {
  await bulk(connector).sweepInventory({ connector });
}

/** Starts whatever open case or custody has no workflow running. */
export async function reconcile(): Promise<void> {
  await ordinary.reconcileWorkflows();
}
