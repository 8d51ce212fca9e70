/** Microsoft Entra ID as an identity provider: users, their devices, delta queries and subscriptions of Microsoft Graph. */
import { ConnectorError } from '../../errors.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import { createGraphClient } from '../../clients/graph/client.ts';
import type { GraphClient } from '../../clients/graph/client.ts';
import type { CallOptions } from '../../read-options.ts';
import type { IdentityProvider } from '../port.ts';
import { cutAccess, readAccess } from './access.ts';
import { changesSince } from './changes.ts';
import { Reference } from './schema.ts';
import type { EntraSettings } from './settings.ts';
import { keepSubscribed } from './subscriptions.ts';
import { findPersons, listDevicesOf, listPersons, readPerson, userPath } from './users.ts';

export { EntraSettings } from './settings.ts';
export { createEntraHookVerifier, readEntraHook } from './hook.ts';

/** An identity provider that speaks to one tenant. `name` is the connector's, as errors show it. */
export function createEntra(name: string, settings: EntraSettings, deps: AdapterDeps = {}): IdentityProvider {
  const graph = createGraphClient(name, settings, deps);
  const access = { connector: name, graph, clockSkewMs: settings.clockSkewMs };
  const clock = deps.clock ?? (() => new Date());
  return {
    goneRule: 'dated',
    readPerson: (id, options) => readPerson(graph, id, options),
    findPersons: (keys, options) => findPersons(graph, keys, options),
    listPersons: (cursor, options) => listPersons(graph, cursor, options),
    listDevicesOf: (id, options) => listDevicesOf(graph, id, options),
    cutAccess: (id, options) => cutAccess(access, id, options),
    readAccess: (id, cutAt, options) => readAccess(access, id, cutAt, options),
    changesSince: (cursor, options) => changesSince(name, graph, cursor, clock, options),
    keepSubscribed: (options) => keepSubscribed(graph, settings.hook, clock(), options),
    probe: (options) => probe(graph, options),
  };
}

/** What the application may read is found by reading; what it may change shows only in changing. */
async function probe(
  graph: GraphClient,
  options?: CallOptions,
): Promise<{ readonly missing: readonly string[] }> {
  const missing: string[] = [];
  const refused = async <T>(permission: string, reading: Promise<T>): Promise<T | null> => {
    try {
      return await reading;
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.code !== 'refused') throw error;
      missing.push(permission);
      return null;
    }
  };
  const page = await refused(
    'User.Read.All',
    graph.page('probe', '/users?$top=1&$select=id', Reference, options),
  );
  const someone = page?.items[0];
  if (someone === undefined) return { missing };
  await refused(
    'Device.Read.All',
    graph.page('probe', `${userPath(someone.id)}/ownedDevices?$top=1`, Reference, options),
  );
  await refused(
    'DelegatedPermissionGrant.ReadWrite.All',
    graph.page('probe', `${userPath(someone.id)}/oauth2PermissionGrants`, Reference, options),
  );
  return { missing };
}
