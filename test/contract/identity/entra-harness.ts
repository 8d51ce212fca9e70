/** The identity suite's harness around the Graph simulator. */
import { smallCompany } from '../../../sandbox/core/testing.ts';
import { createGraph } from '../../../sandbox/graph/index.ts';
import { createEntra, EntraSettings } from '../../../src/adapters/identity/entra/index.ts';
import type { AdapterDeps } from '../../../src/adapters/clients/deps.ts';
import { startTestSandbox } from '../support/planted.ts';
import type { IdentityHarness } from './harness.ts';

export const TENANT = '5a9db0c0-0000-4000-a000-0000000000aa';
export const CLIENT_SECRET = 'graph-secret-of-the-test';

export interface EntraHarness extends IdentityHarness {
  readonly url: string;
  settings(over?: object): EntraSettings;
  /** Settings of its own, for what only this vendor has. */
  entra(over?: object, deps?: AdapterDeps): ReturnType<typeof createEntra>;
  /** A lever of the simulator, e.g. `/users/ada/leave-date`. */
  lever(path: string, body?: unknown): Promise<unknown>;
}

export async function makeEntraHarness(): Promise<EntraHarness> {
  const options = { tenantId: TENANT, clientId: 'app', clientSecret: CLIENT_SECRET };
  const sandbox = await startTestSandbox([{ kind: 'graph', name: 'graph', ...options }], {
    graph: createGraph,
  });
  const { control } = sandbox;
  const url = sandbox.urls['graph'] ?? '';
  await sandbox.seed(smallCompany());
  const lever = (path: string, body?: unknown): Promise<unknown> =>
    control.post(`/instances/graph${path}`, body);
  const settings = (over: object = {}): EntraSettings =>
    EntraSettings.parse({
      ...options,
      baseUrl: url,
      tokenUrl: `${url}/${TENANT}/oauth2/v2.0/token`,
      requestsPerSecond: 5000,
      burst: 5000,
      ...over,
    });
  return {
    sandbox,
    url,
    settings,
    lever,
    entra: (over, deps) => createEntra('entra', settings(over), deps),
    secrets: [CLIENT_SECRET, 'sandbox.', 'Bearer'],
    provider: ({ timeoutMs = 20_000, baseUrl } = {}) =>
      createEntra(
        'entra',
        settings({ requestTimeoutMs: timeoutMs, ...(baseUrl === undefined ? {} : { baseUrl }) }),
      ),
    idOf: async (key) => (await control.get<{ id: string }>(`/instances/graph/users/${key}`)).id,
    unknownId: '00000000-0000-4000-a000-000000000000',
    severalPages: 1200,
    addPeople: async (count) => {
      const people = Array.from({ length: count }, (_, index) => ({
        key: `p${index}`,
        givenName: 'P',
        familyName: `Number ${index}`,
        workEmail: `p${index}@example.com`,
        externalId: `X-${index}`,
        identity: ['graph'],
      }));
      await sandbox.seed({ people, devices: [] });
    },
    act: async (key, act) => void (await lever(`/users/${key}/${act}`)),
    setCountry: async (key, country) =>
      void (await lever(`/users/${key}/profile`, { usageLocation: country, country })),
    requests: {
      readPerson: { method: 'GET', path: '^/v1.0/users/(?!delta)[^/?]+(\\?|$)' },
      listPersons: { method: 'GET', path: '^/v1.0/users\\?' },
      laterPersons: { method: 'GET', path: '^/v1.0/users\\?.*skiptoken' },
      listDevices: { method: 'GET', path: '^/v1.0/users/[^/]+/registeredDevices' },
      disable: { method: 'PATCH', path: '^/v1.0/users/[^/]+$' },
      revokeSessions: { method: 'POST', path: '/revokeSignInSessions' },
      changes: { method: 'GET', path: '^/v1.0/users/delta' },
    },
    effects: { disable: 'user.update', revokeSessions: 'user.revoke-sessions' },
    cut: {
      account: { state: 'cut', basis: 'read-back' },
      sessions: { state: 'cut', basis: 'read-back' },
      grants: { state: 'cut', basis: 'read-back' },
    },
    serialsOfAda: [],
    stop: () => sandbox.stop(),
  };
}
