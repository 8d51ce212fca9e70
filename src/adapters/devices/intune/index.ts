/** Microsoft Intune as a device manager: managed devices of Microsoft Graph v1.0. */
import type { AdapterDeps } from '../../clients/deps.ts';
import { createGraphClient } from '../../clients/graph/client.ts';
import type { DeviceManager } from '../port.ts';
import { readAutopilot, releaseAutopilot } from './autopilot.ts';
import { capabilities } from './capabilities.ts';
import { listDevices, listDevicesOf, readDevice } from './devices.ts';
import type { IntuneContext } from './devices.ts';
import { ourRetire, readLock, readRetire, sendAction } from './other-commands.ts';
import { probe } from './probe.ts';
import { readActivationLock, removeRecord } from './release.ts';
import type { IntuneSettings } from './settings.ts';
import { ourWipe, wipe } from './wipe.ts';

export { IntuneSettings } from './settings.ts';

/**
 * A device manager that speaks to Intune of one tenant. `name` is the connector's, as errors show it.
 *
 * Intune takes no id of a command and tells none: whether a command went through after a lost answer is read from the
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
    capabilities,
    listDevicesOf: (personId, options) => listDevicesOf(context, personId, options),
    readDevice: (mdmId, options) => readDevice(context, mdmId, options),
    listDevices: (cursor, options) => listDevices(context, cursor, options),
    wipe: (mdmId, parameters, _commandId, options) => wipe(context, mdmId, parameters, options),
    ourWipe: (device, target) => ourWipe(context, device, target),
    async readWipe(target, options) {
      const device = await readDevice(context, target.mdmId, options, 'read wipe');
      return device === null ? null : ourWipe(context, device, target);
    },
    retire: (mdmId, _commandId, options) => sendAction(context, 'retire', mdmId, 'retire', options),
    ourRetire: (device, target) => ourRetire(context, device, target),
    readRetire: (target, options) => readRetire(context, target, options),
    lock: (mdmId, _commandId, options) => sendAction(context, 'lock', mdmId, 'remoteLock', options),
    readLock: (target, options) => readLock(context, target, options),
    releaseActivationLock: (mdmId, options) =>
      sendAction(context, 'release activation lock', mdmId, 'bypassActivationLock', options),
    readActivationLock: (target, options) => readActivationLock(context, target, options),
    releaseAutopilot: (serial, options) => releaseAutopilot(context, serial, options),
    readAutopilot: (serial, options) => readAutopilot(context, serial, options),
    removeRecord: (mdmId, options) => removeRecord(context, mdmId, options),
    probe: (options) => probe(context, options),
  };
}
