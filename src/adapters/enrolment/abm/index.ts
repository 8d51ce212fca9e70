/**
 * Apple Business (once Apple Business Manager) and Apple School Manager. Releasing a device through the API came with Apple
 * Business API 2.4 (August 2026), reading its Activation Lock with 2.5; Apple School Manager has no release: there it is a
 * person's act in its console, and `readRelease` is the proof.
 */
import { z } from 'zod';
import { ConnectorError } from '../../errors.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import type { EnrolmentProgramme } from '../port.ts';
import { createClient } from './client.ts';
import { readActivationLock, readAssignment, readDevice, readRelease } from './devices.ts';
import { readRequest, release, unassign } from './requests.ts';
import type { AbmSettings } from './settings.ts';

export { AbmSettings } from './settings.ts';

/** `name` is the connector's name in the configuration: errors carry it. */
export function createAbm(name: string, settings: AbmSettings, deps: AdapterDeps = {}): EnrolmentProgramme {
  const client = createClient(name, settings, deps);
  return {
    can: settings.programme === 'business' ? ['unassign', 'release'] : ['unassign'],
    readDevice: (serial, options) => readDevice(client, serial, options),
    readRelease: (serial, options) => readRelease(client, serial, options),
    readAssignment: (serial, options) => readAssignment(client, serial, options),
    readActivationLock: (serial, options) => readActivationLock(client, serial, options),
    unassign: (serial, options) => unassign(client, serial, options),
    release: (serial, options) => release(client, serial, options),
    readRequest: (id, options) => readRequest(client, id, options),
    async probe(options) {
      const query = { limit: 1 };
      const list = {
        operation: 'probe',
        effect: 'read',
        method: 'GET',
        path: '/v1/orgDevices',
        query,
      } as const;
      try {
        await client.ask(list, z.unknown(), options);
        return { missing: [] };
      } catch (error) {
        if (!(error instanceof ConnectorError) || error.code !== 'refused') throw error;
        return { missing: ['read devices of the organisation'] };
      }
    },
  };
}
