/**
 * The life of a command to a device: accepted at once; seen in the action results after a lag; `pending` until the
 * device is in contact; `active` while it runs; then what the device's behaviour says. Every request is a command of its own.
 */
import type { ActionKind, ActionState, Command, ManagedDevice } from './state.ts';
import type { Actor, GraphTenant } from './tenant.ts';

/** What `managementState` says while a command waits, runs and has failed. A lock shows nothing there. */
const MANAGEMENT: Readonly<Record<ActionKind, { pending: string; issued: string; failed: string } | null>> = {
  wipe: { pending: 'wipePending', issued: 'wipeIssued', failed: 'wipeFailed' },
  retire: { pending: 'retirePending', issued: 'retireIssued', failed: 'retireFailed' },
  remoteLock: null,
};

/** Takes a command: the effect is counted now, whatever becomes of it. */
export function send(
  tenant: GraphTenant,
  actor: Actor,
  device: ManagedDevice,
  kind: ActionKind,
  params: Record<string, unknown>,
): void {
  const now = tenant.now();
  const command: Command = {
    kind,
    startDateTime: now,
    lastUpdatedDateTime: now,
    state: 'pending',
    visible: false,
  };
  device.commands.push(command);
  tenant.count(actor, kind, device, { ...params, serialNumber: device.fields.serialNumber });
  tenant.context.after(device.behaviour.lagMs, () => {
    command.visible = true;
    setManagement(device, kind, 'pending');
    if (device.behaviour.online) run(tenant, device, command);
  });
}

/** The device contacts Intune: its sync time moves, and the commands that wait for it run. An erased device does not. */
export function checkIn(tenant: GraphTenant, device: ManagedDevice): void {
  if (device.wiped) return;
  device.fields.lastSyncDateTime = tenant.now();
  for (const command of device.commands) if (command.visible) run(tenant, device, command);
}

/** Fails the wipe that is under way; without one, the next wipe will fail. */
export function failWipe(tenant: GraphTenant, device: ManagedDevice): void {
  const open = device.commands.filter(
    ({ kind, state }) => kind === 'wipe' && (state === 'pending' || state === 'active'),
  );
  if (open.length === 0) device.behaviour = { ...device.behaviour, wipe: 'failed' };
  for (const command of open) {
    command.visible = true;
    settle(tenant, device, command, 'failed');
  }
}

/** The record disappears, as records do after a wipe or a clean-up. */
export function vanish(tenant: GraphTenant, device: ManagedDevice): void {
  tenant.state.managedDevices.delete(device.id);
}

function run(tenant: GraphTenant, device: ManagedDevice, command: Command): void {
  if (command.state !== 'pending' || device.wiped) return;
  const { behaviour } = device;
  if (command.kind === 'wipe' && behaviour.wipe === 'never') return;
  move(tenant, command, 'active');
  setManagement(device, command.kind, 'issued');
  device.fields.lastSyncDateTime = tenant.now();
  tenant.context.after(behaviour.ackMs, () => {
    if (command.state !== 'active') return;
    if (command.kind === 'remoteLock') return settle(tenant, device, command, 'done');
    if (command.kind === 'retire') return vanish(tenant, device);
    const { wipe } = device.behaviour;
    if (wipe === 'failed') return settle(tenant, device, command, 'failed');
    device.wiped = true;
    if (wipe === 'vanish') return vanish(tenant, device);
    settle(tenant, device, command, 'done');
  });
}

function settle(
  tenant: GraphTenant,
  device: ManagedDevice,
  command: Command,
  state: 'done' | 'failed',
): void {
  move(tenant, command, state);
  if (state === 'failed') setManagement(device, command.kind, 'failed');
}

function move(tenant: GraphTenant, command: Command, state: ActionState): void {
  command.state = state;
  command.lastUpdatedDateTime = tenant.now();
}

function setManagement(
  device: ManagedDevice,
  kind: ActionKind,
  phase: 'pending' | 'issued' | 'failed',
): void {
  const states = MANAGEMENT[kind];
  if (states !== null) device.fields.managementState = states[phase];
}
