/** Retire and lock: what was sent is found on the record as a wipe is. */
import { unexpectedAnswer } from '../../clients/failure.ts';
import type { CallOptions } from '../../read-options.ts';
import type { CommandObservation, CommandTarget, ManagedDevice, RetireObservation } from '../port.ts';
import { ourCommand } from './commands.ts';
import { devicePath, readDevice } from './devices.ts';
import type { IntuneContext } from './devices.ts';

/** Sends an action that has no parameters. */
export async function sendAction(
  { graph }: IntuneContext,
  operation: string,
  mdmId: string,
  action: 'retire' | 'remoteLock' | 'bypassActivationLock',
  options?: CallOptions,
): Promise<void> {
  await graph.write(operation, 'POST', `${devicePath(mdmId)}/${action}`, undefined, options);
}

export function ourRetire(
  { settings }: IntuneContext,
  device: ManagedDevice | null,
  target: CommandTarget,
): RetireObservation | null {
  if (device === null) return { state: 'record-gone' };
  if (device.retires === null || device.externalId.toLowerCase() !== target.mdmId.toLowerCase()) return null;
  return ourCommand(device.retires, target, settings.clockSkewMs);
}

/** @throws ConnectorError `unexpected-answer` for a retire that we cannot read. */
export async function readRetire(
  context: IntuneContext,
  target: CommandTarget,
  options?: CallOptions,
): Promise<RetireObservation | null> {
  const operation = 'read retire';
  const device = await readDevice(context, target.mdmId, options, operation);
  if (device !== null && device.retires === null)
    throw unexpectedAnswer({ connector: context.connector, operation, effect: 'read' });
  return ourRetire(context, device, target);
}

/** @throws ConnectorError `unexpected-answer` for a lock that we cannot read. */
export async function readLock(
  context: IntuneContext,
  target: CommandTarget,
  options?: CallOptions,
): Promise<CommandObservation | null> {
  const operation = 'read lock';
  const device = await readDevice(context, target.mdmId, options, operation);
  if (device === null) return null;
  if (device.locks === null)
    throw unexpectedAnswer({ connector: context.connector, operation, effect: 'read' });
  return ourCommand(device.locks, target, context.settings.clockSkewMs);
}
