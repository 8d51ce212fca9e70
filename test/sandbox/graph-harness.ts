/** One Graph instance with short waits, a token for it, and a webhook receiver: what the tests of the simulator share. */
import { startInstances } from '../../sandbox/core/start.ts';
import { controlClient, smallCompany, startReceiver } from '../../sandbox/core/testing.ts';
import type { ControlClient, Receiver } from '../../sandbox/core/testing.ts';
import { createGraph } from '../../sandbox/graph/index.ts';

export const TENANT = '5a9db0c0-0000-4000-a000-000000000001';
const CREDENTIALS = {
  grant_type: 'client_credentials',
  client_id: '5a9db0c0-0000-4000-a000-00000000c11e',
  client_secret: 'sandbox-graph-secret',
  scope: 'https://graph.microsoft.com/.default',
};

/** The fields of a managed device that the tests look at. */
export interface Device {
  id: string;
  serialNumber: string;
  managementState: string;
  deviceActionResults: { actionName: string; actionState: string; startDateTime: string }[];
}

/** A page of any collection. */
export interface Page<T> {
  value: T[];
  '@odata.nextLink'?: string;
  '@odata.deltaLink'?: string;
}

/** A running instance, seeded with the small company. */
export interface GraphHarness {
  readonly url: string;
  readonly token: string;
  readonly control: ControlClient;
  readonly receiver: Receiver;
  /** Seeds again, with this behaviour for every device. */
  seed(behaviour?: Record<string, unknown>): Promise<void>;
  fetchToken(change?: Record<string, string>): Promise<Response>;
  /** A request with the token; `path` is below /v1.0, or a full URL. */
  api(method: string, path: string, body?: unknown): Promise<Response>;
  /** GET that must be answered with 200. */
  read<T>(path: string): Promise<T>;
  /** The only user or device that a filter finds. */
  one<T>(path: string): Promise<T>;
  adaId(): Promise<string>;
  effects(query: string): Promise<unknown[]>;
  stop(): Promise<void>;
}

export async function startGraph(): Promise<GraphHarness> {
  const receiver = await startReceiver();
  const sandbox = await startInstances({
    controlPort: 0,
    simulators: { graph: createGraph },
    instances: [
      {
        kind: 'graph',
        name: 'graph',
        pageSize: 2,
        notificationTimeoutMs: 300,
        validationTimeoutMs: 1000,
        notificationRetryMs: [5, 5],
      },
    ],
  });
  const control = controlClient(sandbox.controlUrl);
  const url = sandbox.urls['graph'] ?? '';
  const fetchToken = (change: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}/${TENANT}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({ ...CREDENTIALS, ...change }),
    });
  const { access_token: token } = (await (await fetchToken()).json()) as { access_token: string };
  const api: GraphHarness['api'] = (method, path, body) =>
    fetch(path.startsWith('http') ? path : `${url}/v1.0${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const read = async <T>(path: string): Promise<T> => {
    const response = await api('GET', path);
    if (response.status !== 200)
      throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const one = async <T>(path: string): Promise<T> => {
    const { value } = await read<Page<T>>(path);
    const [item] = value;
    if (item === undefined || value.length > 1) throw new Error(`GET ${path} found ${value.length}`);
    return item;
  };
  const seed = async (behaviour: Record<string, unknown> = {}): Promise<void> => {
    const company = smallCompany();
    await control.post('/company', {
      ...company,
      devices: company.devices?.map((device) => ({
        ...device,
        behaviour: { lagMs: 5, ackMs: 5, ...behaviour },
      })),
    });
  };
  await seed();
  return {
    url,
    token,
    control,
    receiver,
    seed,
    fetchToken,
    api,
    read,
    one,
    adaId: async () => (await read<{ id: string }>('/users/ada@example.com?$select=id')).id,
    effects: async (query) => (await control.get<{ effects: unknown[] }>(`/effects?${query}`)).effects,
    stop: async () => {
      await sandbox.stop();
      await receiver.stop();
    },
  };
}
