/** The hold suite's harness around the Graph simulator. */
import { createGraph } from '../../../sandbox/graph/index.ts';
import type { AdapterDeps } from '../../../src/adapters/clients/deps.ts';
import { createPurview, PurviewSettings } from '../../../src/adapters/holds/purview/index.ts';
import { startTestSandbox } from '../support/planted.ts';
import type { HoldHarness } from './harness.ts';

const TENANT = '5a9db0c0-0000-4000-a000-0000000000aa';
const CREDENTIALS = { tenantId: TENANT, clientId: 'app', clientSecret: 'graph-secret-of-the-test' };

export interface PurviewHarness extends HoldHarness {
  readonly url: string;
  /** With settings of its own. */
  purview(over?: object, deps?: AdapterDeps): ReturnType<typeof createPurview>;
  /** A lever of the simulator below `/ediscovery`. */
  lever(path: string, body?: unknown): Promise<unknown>;
  /** Puts a custodian into a state. */
  custodian(matter: string, state: object): Promise<void>;
  /** Puts a hold policy that is not the custodians' into a state. */
  policy(matter: string, state: object): Promise<void>;
  status(matter: string, status: string): Promise<void>;
}

export async function makePurviewHarness(): Promise<PurviewHarness> {
  const sandbox = await startTestSandbox([{ kind: 'graph', name: 'graph', ...CREDENTIALS, pageSize: 2 }], {
    graph: createGraph,
  });
  const url = sandbox.urls['graph'] ?? '';
  const lever = (path: string, body?: unknown): Promise<unknown> =>
    sandbox.control.post(`/instances/graph/ediscovery${path}`, body);
  const custodian = async (matter: string, state: object): Promise<void> =>
    void (await lever(`/cases/${matter}/custodians`, state));
  const policy = async (matter: string, state: object): Promise<void> =>
    void (await lever(`/cases/${matter}/holds`, { key: 'policy', ...state }));
  const status = async (matter: string, state: string): Promise<void> =>
    void (await lever(`/cases/${matter}/status`, { status: state }));
  const sentinel = (await lever('/cases', { key: 'sentinel' })) as { id: string };
  const purview = (over: object = {}, deps?: AdapterDeps) =>
    createPurview(
      'legal',
      PurviewSettings.parse({
        ...CREDENTIALS,
        baseUrl: url,
        tokenUrl: `${url}/${TENANT}/oauth2/v2.0/token`,
        requestsPerSecond: 5000,
        burst: 5000,
        sentinelCaseId: sentinel.id,
        ...over,
      }),
      deps,
    );
  return {
    sandbox,
    url,
    lever,
    purview,
    custodian,
    policy,
    status,
    secrets: [CREDENTIALS.clientSecret, 'sandbox.', 'Bearer'],
    source: ({ timeoutMs = 20_000, baseUrl } = {}) =>
      purview({ requestTimeoutMs: timeoutMs, ...(baseUrl === undefined ? {} : { baseUrl }) }),
    open: async (matter) => void (await lever('/cases', { key: matter })),
    hold: (matter, email) => custodian(matter, { email, holdStatus: 'applied' }),
    lift: (matter, email) => custodian(matter, { email, holdStatus: 'notApplied', status: 'released' }),
    close: (matter) => status(matter, 'closed'),
    unsettled: {
      applying: (matter, email) => custodian(matter, { email, holdStatus: 'applying' }),
      removing: (matter, email) => custodian(matter, { email, holdStatus: 'removing', status: 'released' }),
      partial: (matter, email) => custodian(matter, { email, holdStatus: 'partial' }),
      pending: (matter, email) => policy(matter, { status: 'pending', sources: [{ email }] }),
      failed: (matter, email) => policy(matter, { status: 'error', sources: [{ email }] }),
      switchedOff: (matter, email) =>
        policy(matter, { isEnabled: false, status: 'pending', sources: [{ email, holdStatus: 'removing' }] }),
    },
    severalPages: 5,
    requests: {
      cases: { method: 'GET', path: '^/v1.0/security/cases/ediscoveryCases(\\?|$)' },
      custodians: { method: 'GET', path: '/custodians(\\?|$)' },
      policies: { method: 'GET', path: '/legalHolds(\\?|$)' },
      sources: { method: 'GET', path: '/userSources(\\?|$)' },
    },
    laterPage: { method: 'GET', path: 'skiptoken' },
    revoke: async () => void (await lever('/role', { role: 'none' })),
    stop: () => sandbox.stop(),
  };
}
