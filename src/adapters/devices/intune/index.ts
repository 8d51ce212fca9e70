/** Microsoft Intune as a device manager: managed devices of Microsoft Graph v1.0. */
import { z } from 'zod';
import { ConnectorError } from '../../errors.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import { createGraphClient } from '../../clients/graph/client.ts';
import type { CallOptions } from '../../read-options.ts';
import type { DeviceManager, WipeParameters } from '../port.ts';
import { devicePath, listDevices, listDevicesOf, readDevice } from './devices.ts';
import type { IntuneContext } from './devices.ts';
import type { IntuneSettings } from './settings.ts';
import { wipeOf } from './wipes.ts';

export { IntuneSettings } from './settings.ts';

/**
 * A device manager that speaks to Intune of one tenant. `name` is the connector's, as errors show it.
 *
 * Intune takes no id of a command and tells none: whether a wipe went through after a lost answer is read from the
 * device's record, once Intune has had `settleMs` to show it.
 */
export function createIntune(name: string, settings: IntuneSettings, deps: AdapterDeps = {}): DeviceManager {
  const context: IntuneContext = {
    connector: name,
    graph: createGraphClient(name, settings, deps),
    settings,
  };
  return {
    lostAnswer: { kind: 'authoritative-readback', settleMs: settings.settleMs },
    listDevicesOf: (personId, options) => listDevicesOf(context, personId, options),
    readDevice: (mdmId, options) => readDevice(context, mdmId, options),
    listDevices: (cursor, options) => listDevices(context, cursor, options),
    async wipe(mdmId, parameters, _commandId, options) {
      await context.graph.write(
        'wipe',
        'POST',
        `${devicePath(mdmId)}/wipe`,
        wipeBody(parameters, settings),
        options,
      );
    },
    ourWipe: (device, target) => wipeOf(target, device, settings.clockSkewMs),
    async readWipe(target, options) {
      const device = await readDevice(context, target.mdmId, options, 'read wipe');
      return device === null ? null : wipeOf(target, device, settings.clockSkewMs);
    },
    probe: (options) => probe(context, options),
  };
}

/** Everything is said, so that none of Intune's defaults decides. */
function wipeBody(parameters: WipeParameters, settings: IntuneSettings): object {
  const { keepEnrollmentData, keepUserData, unlockCode } = parameters;
  const { keepEsimPlan, obliterationBehavior } = settings;
  return {
    keepEnrollmentData,
    keepUserData,
    persistEsimDataPlan: keepEsimPlan,
    ...(unlockCode === undefined ? {} : { macOsUnlockCode: unlockCode }),
    ...(obliterationBehavior === undefined ? {} : { obliterationBehavior }),
  };
}

/** The permission to wipe (DeviceManagementManagedDevices.PrivilegedOperations.All) shows only in wiping. */
async function probe(
  { graph }: IntuneContext,
  options?: CallOptions,
): Promise<{ readonly missing: readonly string[] }> {
  try {
    await graph.page('probe', '/deviceManagement/managedDevices?$top=1&$select=id', z.unknown(), options);
    return { missing: [] };
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== 'refused') throw error;
    return { missing: ['DeviceManagementManagedDevices.Read.All'] };
  }
}
