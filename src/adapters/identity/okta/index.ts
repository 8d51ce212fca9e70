/** Okta as an identity provider: Users, User Sessions, User Grants, Devices and System Log of its management API. */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions } from '../../read-options.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import type { IdentityProvider } from '../port.ts';
import { z } from 'zod';
import { cutAccess, readAccess } from './access.ts';
import { createOktaClient } from './client.ts';
import type { OktaClient } from './client.ts';
import type { OktaSettings } from './settings.ts';
import { changesSince } from './system-log.ts';
import { findPersons, listDevicesOf, listPersons, readPerson } from './users.ts';

export { OktaSettings } from './settings.ts';
export { createOktaHookVerifier, readOktaHook } from './hook.ts';

/** An identity provider that speaks to one Okta organisation. `name` is the connector's, as errors show it. */
export function createOkta(name: string, settings: OktaSettings, deps: AdapterDeps = {}): IdentityProvider {
  const client = createOktaClient(name, settings, deps);
  const clock = deps.clock ?? (() => new Date());
  return {
    goneRule: 'hard',
    readPerson: (id, options) => readPerson(client, id, options),
    findPersons: (keys, options) => findPersons(client, keys, options),
    listPersons: (cursor, options) => listPersons(client, cursor, options),
    listDevicesOf: (id, options) => listDevicesOf(client, id, options),
    cutAccess: (id, options) => cutAccess(client, id, options),
    readAccess: (id, cutAt, options) => readAccess(client, id, cutAt, options),
    changesSince: (cursor, options) => changesSince(name, client, cursor, clock(), options),
    probe: (options) => probe(client, options),
  };
}

/** What a token may read is found by reading; what it may change shows only in changing. */
async function probe(
  client: OktaClient,
  options?: CallOptions,
): Promise<{ readonly missing: readonly string[] }> {
  const checks = [
    ['okta.users.read', '/api/v1/users?limit=1'],
    ['okta.devices.read', '/api/v1/devices?limit=1'],
    ['okta.logs.read', '/api/v1/logs?limit=1'],
  ] as const;
  const missing: string[] = [];
  for (const [permission, path] of checks) {
    try {
      await client.page('probe', path, z.unknown(), options);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.code !== 'refused') throw error;
      missing.push(permission);
    }
  }
  return { missing };
}
