/** Letting go of a device: its Activation Lock, and Intune's own record. */
import { ConnectorError } from '../../errors.ts';
import { platformOf } from '../../clients/graph/platform.ts';
import type { CallOptions } from '../../read-options.ts';
import type { CommandTarget, ReleaseReading } from '../port.ts';
import { capabilities } from './capabilities.ts';
import { commandsOrNull, ourCommand } from './commands.ts';
import { devicePath, readRecord } from './devices.ts';
import type { IntuneContext } from './devices.ts';

/**
 * Intune says of an Activation Lock only what became of its own request to lift it, if that: no v1.0 field tells whether the
 * lock is on, and that it lists this request among its actions is not documented.
 */
export async function readActivationLock(
  context: IntuneContext,
  target: CommandTarget,
  options?: CallOptions,
): Promise<ReleaseReading> {
  const { connector, settings } = context;
  const operation = 'read activation lock';
  const record = await readRecord(context, target.mdmId, options, operation);
  if (record === null) return 'unreadable';
  const platform = platformOf(record.operatingSystem);
  if (platform === 'unknown') return 'unreadable';
  if (!capabilities(platform).can.includes('release-activation-lock')) return 'not-applicable';
  const call = { connector, operation, effect: 'read' } as const;
  const requests = commandsOrNull(call, record, settings.activationLockActionNames);
  const ours = requests === null ? null : ourCommand(requests, target, settings.clockSkewMs);
  if (ours === null) return 'unreadable';
  return ours.state === 'done' ? 'released' : 'still-held';
}

export async function removeRecord(
  { graph }: IntuneContext,
  mdmId: string,
  options?: CallOptions,
): Promise<void> {
  try {
    await graph.write('remove record', 'DELETE', devicePath(mdmId), undefined, options);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== 'not-found') throw error;
  }
}
