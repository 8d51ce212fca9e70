/** What a command does to the device, as its behaviour says. */
import { move, setManagement } from './progress.ts';
import type { Command, ManagedDevice } from './state.ts';
import type { Actor, GraphTenant } from './tenant.ts';

/** The device has run the command. */
export function finish(tenant: GraphTenant, device: ManagedDevice, command: Command): void {
  switch (command.kind) {
    case 'wipe':
      return wipe(tenant, device, command);
    case 'retire':
      return device.behaviour.retire === 'failed' ? failed(tenant, device, command) : vanish(tenant, device);
    case 'remoteLock':
      return lock(tenant, device, command);
    case 'bypassActivationLock':
      if (device.behaviour.bypass === 'failed') return failed(tenant, device, command);
      device.activationLocked = false;
      return move(tenant, command, 'done');
  }
}

export function failed(tenant: GraphTenant, device: ManagedDevice, command: Command): void {
  move(tenant, command, 'failed');
  setManagement(device, command.kind, 'failed');
}

/** The record disappears, as records do after a wipe or a clean-up. */
export function vanish(tenant: GraphTenant, device: ManagedDevice): void {
  tenant.state.managedDevices.delete(device.id);
}

/**
 * What Intune sends by itself to a device whose record is deleted: a wipe to a company's Android, else a retire. One that is
 * erased already hears neither, so nothing is counted.
 */
export function sendOnDelete(tenant: GraphTenant, actor: Actor, device: ManagedDevice): void {
  if (device.wiped) return;
  const { operatingSystem, managedDeviceOwnerType } = device.fields;
  const kind = operatingSystem === 'Android' && managedDeviceOwnerType === 'company' ? 'wipe' : 'retire';
  tenant.count(actor, kind, device, { by: 'delete', serialNumber: device.fields.serialNumber });
}

/** One that keeps user data or the enrolment leaves the device in use, and is `done` all the same. */
function wipe(tenant: GraphTenant, device: ManagedDevice, command: Command): void {
  const { wipe: outcome } = device.behaviour;
  if (outcome === 'failed') return failed(tenant, device, command);
  const { keepUserData, keepEnrollmentData, persistEsimDataPlan } = command.params;
  device.dataLeft = keepUserData === true || keepEnrollmentData === true;
  if (device.dataLeft) return move(tenant, command, 'done');
  device.wiped = true;
  device.locked = false;
  device.bypassCode = null;
  // Said nothing, the plan is kept.
  if (device.esim !== null && persistEsimDataPlan === false) device.esim = 'erased';
  if (outcome === 'vanish') return vanish(tenant, device);
  move(tenant, command, 'done');
}

/** A locked Mac restarts into the prompt for its PIN. */
function lock(tenant: GraphTenant, device: ManagedDevice, command: Command): void {
  const { operatingSystem } = device.fields;
  if (operatingSystem === 'Windows') return move(tenant, command, 'notSupported');
  if (operatingSystem === 'macOS') device.needsUnlock = true;
  device.locked = true;
  move(tenant, command, 'done');
}
