/** The wipe: what is sent, and which of those on a record is the one that was sent. */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions } from '../../read-options.ts';
import type { ManagedDevice, WipeParameters, WipeReading, WipeTarget } from '../port.ts';
import { ourCommand } from './commands.ts';
import { devicePath } from './devices.ts';
import type { IntuneContext } from './devices.ts';
import type { IntuneSettings } from './settings.ts';

export async function wipe(
  { connector, graph, settings }: IntuneContext,
  mdmId: string,
  parameters: WipeParameters,
  options?: CallOptions,
): Promise<void> {
  // Whatever the types say: what is sent may come from a stored row.
  const kept: readonly unknown[] = [parameters.keepUserData, parameters.keepEnrollmentData];
  if (kept.some((keep) => keep !== false))
    throw new ConnectorError('refused', connector, 'wipe', { vendorCode: 'KEEPS_DATA' });
  await graph.write('wipe', 'POST', `${devicePath(mdmId)}/wipe`, wipeBody(parameters, settings), options);
}

/** Everything is said, so that none of Intune's defaults decides. */
function wipeBody(parameters: WipeParameters, settings: IntuneSettings): object {
  const { unlockCode, keepEsimPlan = settings.keepEsimPlan } = parameters;
  const { obliterationBehavior } = settings;
  return {
    keepEnrollmentData: false,
    keepUserData: false,
    persistEsimDataPlan: keepEsimPlan,
    ...(unlockCode === undefined ? {} : { macOsUnlockCode: unlockCode }),
    ...(obliterationBehavior === undefined ? {} : { obliterationBehavior }),
  };
}

export function ourWipe(
  { settings }: IntuneContext,
  device: ManagedDevice,
  { mdmId, sendStartedAt, priorWipeStartedAt }: WipeTarget,
): WipeReading | null {
  if (device.unreadable || device.externalId.toLowerCase() !== mdmId.toLowerCase()) return null;
  const target = { sendStartedAt, priorStartedAt: priorWipeStartedAt };
  const ours = ourCommand(device.wipes, target, settings.clockSkewMs);
  const answer = device.wipeAnswer;
  return ours === null || answer === undefined ? ours : { ...ours, answer };
}
