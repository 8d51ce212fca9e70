/** How far a command is, as Intune shows it. */
import type { ActionKind, ActionState, Command, ManagedDevice } from './state.ts';
import type { GraphTenant } from './tenant.ts';

/** What `managementState` says while a command waits, runs and has failed. The others show nothing there. */
const MANAGEMENT: Readonly<Record<ActionKind, { pending: string; issued: string; failed: string } | null>> = {
  wipe: { pending: 'wipePending', issued: 'wipeIssued', failed: 'wipeFailed' },
  retire: { pending: 'retirePending', issued: 'retireIssued', failed: 'retireFailed' },
  remoteLock: null,
  bypassActivationLock: null,
};

export function move(tenant: GraphTenant, command: Command, state: ActionState): void {
  command.state = state;
  command.lastUpdatedDateTime = tenant.now();
}

export function setManagement(
  device: ManagedDevice,
  kind: ActionKind,
  phase: 'pending' | 'issued' | 'failed',
): void {
  const states = MANAGEMENT[kind];
  if (states !== null) device.fields.managementState = states[phase];
}
