/**
 * The life of a command to a device: accepted at once; seen in the action results after a lag; `pending` until the
 * device is in contact; `active` while it runs; then what `outcomes.ts` says. Every request is a command of its own.
 */
import { failed, finish } from './outcomes.ts';
import { move, setManagement } from './progress.ts';
import type { ActionKind, Command, ManagedDevice } from './state.ts';
import type { Actor, GraphTenant } from './tenant.ts';

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
    params,
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
    // Lifting an Activation Lock is between Intune and Apple: the device is not asked.
    if (kind === 'bypassActivationLock') finish(tenant, device, command);
    // A second lock of a Mac fails until the PIN of the first is given.
    else if (kind === 'remoteLock' && device.locked && device.needsUnlock) failed(tenant, device, command);
    else if (device.behaviour.online) run(tenant, device, command);
  });
}

/**
 * The device contacts Intune: its sync time moves, and the commands that wait for it run. An erased device does not, nor one
 * that is off the network until somebody unlocks it.
 */
export function checkIn(tenant: GraphTenant, device: ManagedDevice): void {
  if (device.wiped || device.needsUnlock) return;
  device.fields.lastSyncDateTime = tenant.now();
  for (const command of device.commands) if (command.visible) run(tenant, device, command);
}

/** Somebody switches it off and on. A locked iPhone then joins no network until its first unlock. */
export function restart(device: ManagedDevice): void {
  if (device.locked && device.fields['operatingSystem'] === 'iOS') device.needsUnlock = true;
}

/** Somebody gives the passcode or the PIN. */
export function unlock(tenant: GraphTenant, device: ManagedDevice): void {
  device.locked = false;
  device.needsUnlock = false;
  if (device.behaviour.online) checkIn(tenant, device);
}

/** Fails the wipe that is under way; without one, the next wipe will fail. */
export function failWipe(tenant: GraphTenant, device: ManagedDevice): void {
  const open = device.commands.filter(
    ({ kind, state }) => kind === 'wipe' && (state === 'pending' || state === 'active'),
  );
  if (open.length === 0) device.behaviour = { ...device.behaviour, wipe: 'failed' };
  for (const command of open) {
    command.visible = true;
    failed(tenant, device, command);
  }
}

function run(tenant: GraphTenant, device: ManagedDevice, command: Command): void {
  if (command.state !== 'pending' || device.wiped || device.needsUnlock) return;
  const { behaviour } = device;
  if (command.kind === 'wipe' && behaviour.wipe === 'never') return;
  if (command.kind === 'retire' && behaviour.retire === 'never') return;
  move(tenant, command, 'active');
  setManagement(device, command.kind, 'issued');
  device.fields.lastSyncDateTime = tenant.now();
  tenant.context.after(behaviour.ackMs, () => {
    if (command.state === 'active') finish(tenant, device, command);
  });
}
