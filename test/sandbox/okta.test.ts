import okta from '@okta/okta-sdk-nodejs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startInstances } from '../../sandbox/core/start.ts';
import type { Sandbox } from '../../sandbox/core/start.ts';
import { controlClient, smallCompany, startReceiver } from '../../sandbox/core/testing.ts';
import type { ControlClient, Receiver } from '../../sandbox/core/testing.ts';
import { createOkta } from '../../sandbox/okta/index.ts';

let sandbox: Sandbox;
let control: ControlClient;
let receiver: Receiver;
let url: string;
let client: okta.Client;

beforeEach(async () => {
  receiver = await startReceiver();
  sandbox = await startInstances({
    controlPort: 0,
    simulators: { okta: createOkta },
    instances: [{ kind: 'okta', name: 'okta', hookTimeoutMs: 300, hookRetryMs: 5, asyncMs: 30 }],
  });
  control = controlClient(sandbox.controlUrl);
  url = sandbox.urls['okta'] ?? '';
  client = new okta.Client({
    orgUrl: url,
    token: 'sandbox-okta-token',
    cacheMiddleware: null,
    requestExecutor: new okta.DefaultRequestExecutor({ maxRetries: 0, requestTimeout: 10_000 }),
  });
  await control.post('/company', smallCompany());
});
afterEach(async () => {
  await sandbox.stop();
  await receiver.stop();
});

const headers = { authorization: 'SSWS sandbox-okta-token', 'content-type': 'application/json' };
const api = (method: string, path: string, body?: unknown): Promise<Response> =>
  fetch(path.startsWith('http') ? path : url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const effectKinds = async (): Promise<string[]> =>
  (await control.get<{ effects: { kind: string }[] }>('/effects')).effects.map(({ kind }) => kind);
const adaId = async (): Promise<string> =>
  (await client.userApi.getUser({ userId: 'ada@example.com' })).id ?? '';

async function all<T>(collection: { each(take: (item: T) => void): Promise<unknown> }): Promise<T[]> {
  const items: T[] = [];
  await collection.each((item) => void items.push(item));
  return items;
}

describe('with the official client', () => {
  test('users are read by id and login, listed, searched and paged', async () => {
    const ada = await client.userApi.getUser({ userId: 'ada@example.com' });
    expect(ada).toMatchObject({
      status: 'ACTIVE',
      profile: {
        login: 'ada@example.com',
        firstName: 'Ada',
        employeeNumber: 'E-2',
        managerId: 'E-1',
        countryCode: 'DE',
      },
    });
    expect((await client.userApi.getUser({ userId: ada.id ?? '' })).profile?.email).toBe('ada@example.com');
    expect(await all(await client.userApi.listUsers({ limit: 1 }))).toHaveLength(3);
    const found = await all(
      await client.userApi.listUsers({ search: 'profile.employeeNumber eq "E-2" and status eq "ACTIVE"' }),
    );
    expect(found.map(({ id }) => id)).toEqual([ada.id]);
    expect(await all(await client.userApi.listUsers({ filter: 'status eq "DEPROVISIONED"' }))).toEqual([]);
  });

  test('a leaver is cut off: deactivated, sessions with tokens, grants, each counted once', async () => {
    const userId = await adaId();
    expect(await all(await client.userApi.listUserGrants({ userId }))).toHaveLength(2);
    const clientIds = await all(await client.userApi.listUserClients({ userId }));
    const clientId = clientIds[0]?.client_id ?? '';
    expect(
      await all(await client.userApi.listRefreshTokensForUserAndClient({ userId, clientId })),
    ).toHaveLength(1);

    await client.userApi.deactivateUser({ userId });
    await client.userApi.revokeUserSessions({ userId, oauthTokens: true });
    await client.userApi.revokeUserGrants({ userId });

    expect((await client.userApi.getUser({ userId })).status).toBe('DEPROVISIONED');
    expect(await all(await client.userApi.listUserGrants({ userId }))).toEqual([]);
    expect(await all(await client.userApi.listUserClients({ userId }))).toEqual([]);
    const { effects } = await control.get<{ effects: unknown[] }>('/effects?target=ada');
    expect(effects).toMatchObject([
      { kind: 'user.deactivate', target: userId },
      {
        kind: 'user.sessions.revoke',
        params: { oauthTokens: true, forgetDevices: true, ended: { tokens: 1 } },
      },
      { kind: 'user.grants.revoke' },
    ]);
  });

  test('revoking sessions leaves refresh tokens alive unless asked', async () => {
    const userId = await adaId();
    await client.userApi.revokeUserSessions({ userId });
    expect(await all(await client.userApi.listUserClients({ userId }))).toHaveLength(1);
    await client.userApi.revokeUserGrants({ userId });
    const clientId = (await all(await client.userApi.listUserClients({ userId })))[0]?.client_id ?? '';
    expect(
      await all(await client.userApi.listRefreshTokensForUserAndClient({ userId, clientId })),
    ).toHaveLength(1);
  });

  test('devices of a user vanish from the user when the device is deactivated, and a device is deleted only then', async () => {
    const userId = await adaId();
    const links = await all(await client.userApi.listUserDevices({ userId }));
    expect(links.map(({ device }) => device?.profile?.serialNumber)).toEqual(['C02ADA0001', 'F17ADA0002']);
    expect(links[0]?.deviceUserId).toMatch(/^dul/);
    const deviceId = links[0]?.device?.id ?? '';
    await expect(client.deviceApi.deleteDevice({ deviceId })).rejects.toMatchObject({
      status: 400,
      errorCode: 'E0000001',
    });
    await client.deviceApi.suspendDevice({ deviceId });
    expect(await all(await client.userApi.listUserDevices({ userId }))).toHaveLength(2);
    await client.deviceApi.deactivateDevice({ deviceId });
    expect(await all(await client.userApi.listUserDevices({ userId }))).toHaveLength(1);
    await client.deviceApi.activateDevice({ deviceId });
    expect(await all(await client.userApi.listUserDevices({ userId }))).toHaveLength(1);
    await client.deviceApi.deactivateDevice({ deviceId });
    await client.deviceApi.deleteDevice({ deviceId });
    await expect(client.deviceApi.getDevice({ deviceId })).rejects.toMatchObject({
      status: 404,
      errorCode: 'E0000007',
    });
    expect(
      await all(await client.deviceApi.listDevices({ search: 'profile.serialNumber eq "F17ADA0002"' })),
    ).toHaveLength(1);
  });

  test('a rate limit is refused with Okta’s headers and error code', async () => {
    await control.post('/faults', {
      instance: 'okta',
      fault: { type: 'rate-limit', retryAfterSeconds: 30 },
      times: 1,
    });
    const error: unknown = await client.userApi
      .getUser({ userId: 'ada@example.com' })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 429, errorCode: 'E0000047' });
    const raw = await api('GET', '/api/v1/users');
    expect(Number(raw.headers.get('x-rate-limit-reset')) * 1000).toBeGreaterThan(Date.now());
  });

  test('system log and event hooks are reachable', async () => {
    await control.post('/instances/okta/users/ada/deactivate');
    const since = new Date(Date.now() - 60_000).toISOString();
    const events = await all(
      await client.systemLogApi.listLogEvents({ since, until: new Date(Date.now() + 60_000).toISOString() }),
    );
    expect(events.map(({ eventType }) => eventType)).toEqual(['user.lifecycle.deactivate']);
  });
});

describe('lifecycle', () => {
  test('each operation is refused in the statuses that forbid it, in Okta’s words, without an effect', async () => {
    const id = await adaId();
    const act = async (name: string): Promise<[number, string | undefined]> => {
      const response = await api('POST', `/api/v1/users/${id}/lifecycle/${name}`);
      return [response.status, ((await response.json()) as { errorCode?: string }).errorCode];
    };
    expect(await act('activate')).toEqual([403, 'E0000016']);
    expect(await act('unsuspend')).toEqual([400, 'E0000001']);
    expect(await act('reactivate')).toEqual([403, 'E0000038']);
    expect(await act('suspend')).toEqual([200, undefined]);
    expect(await act('suspend')).toEqual([400, 'E0000001']);
    expect(await act('deactivate')).toEqual([200, undefined]);
    expect(await act('deactivate')).toEqual([404, 'E0000007']);
    expect(await act('activate')).toEqual([200, undefined]);
    expect(await effectKinds()).toEqual(['user.suspend', 'user.deactivate', 'user.activate']);
  });

  test('an asynchronous deactivation shows the status it is moving to, then moves', async () => {
    const id = await adaId();
    await fetch(`${url}/api/v1/users/${id}/lifecycle/deactivate`, {
      method: 'POST',
      headers: { ...headers, prefer: 'respond-async' },
    });
    await vi.waitFor(
      async () => expect((await client.userApi.getUser({ userId: id })).status).toBe('DEPROVISIONED'),
      5000,
    );
    expect(await effectKinds()).toEqual(['user.deactivate']);
  });

  test('the first delete deactivates, the second deletes', async () => {
    const id = await adaId();
    expect((await api('DELETE', `/api/v1/users/${id}`)).status).toBe(204);
    expect((await client.userApi.getUser({ userId: id })).status).toBe('DEPROVISIONED');
    expect((await api('DELETE', `/api/v1/users/${id}`)).status).toBe(204);
    expect((await api('GET', `/api/v1/users/${id}`)).status).toBe(404);
    expect(await effectKinds()).toEqual(['user.deactivate', 'user.delete']);
  });

  test('what an administrator does is no effect of ours, but an event', async () => {
    await control.post('/instances/okta/users/ada/suspend');
    await control.post('/instances/okta/users/ada/unsuspend');
    await control.post('/instances/okta/users/ada/deactivate');
    await control.post('/instances/okta/users/ada/reactivate');
    await control.post('/instances/okta/users/ada/sign-in');
    expect(await effectKinds()).toEqual([]);
    const events = (await (await api('GET', '/api/v1/logs')).json()) as { eventType: string }[];
    expect(events.map(({ eventType }) => eventType)).toEqual([
      'user.lifecycle.suspend',
      'user.lifecycle.unsuspend',
      'user.lifecycle.deactivate',
      'user.lifecycle.reactivate',
      'user.session.start',
    ]);
  });

  test('without the token nothing is answered but 401', async () => {
    const response = await fetch(`${url}/api/v1/users`);
    expect([response.status, await response.json()]).toEqual([
      401,
      expect.objectContaining({ errorCode: 'E0000011', errorCauses: [] }),
    ]);
  });
});

describe('system log', () => {
  const next = (response: Response): string | undefined =>
    /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];

  test('polling always gets a next link, pages in order, and finds what came later', async () => {
    for (const act of ['suspend', 'unsuspend', 'deactivate'])
      await control.post(`/instances/okta/users/ada/${act}`);
    const seen: string[] = [];
    let page = await api('GET', '/api/v1/logs?limit=2');
    for (let turn = 0; turn < 3; turn += 1) {
      seen.push(...((await page.json()) as { eventType: string }[]).map(({ eventType }) => eventType));
      expect(next(page)).toBeDefined();
      page = await api('GET', next(page) ?? '');
    }
    expect(seen).toEqual(['user.lifecycle.suspend', 'user.lifecycle.unsuspend', 'user.lifecycle.deactivate']);
    expect(await page.json()).toEqual([]);
    await control.post('/instances/okta/users/bo/deactivate');
    expect(await (await api('GET', next(page) ?? '')).json()).toMatchObject([
      { eventType: 'user.lifecycle.deactivate', target: [{ type: 'User', alternateId: 'bo@example.com' }] },
    ]);
  });

  test('a bounded query ends, a filter filters, a cursor excludes since, and 180 days is the limit', async () => {
    await control.post('/instances/okta/users/ada/suspend');
    await control.post('/instances/okta/users/bo/deactivate');
    const until = encodeURIComponent(new Date(Date.now() + 1000).toISOString());
    expect(next(await api('GET', `/api/v1/logs?until=${until}`))).toBeUndefined();
    const filter = encodeURIComponent('eventType eq "user.lifecycle.deactivate" or eventType sw "device."');
    expect(await (await api('GET', `/api/v1/logs?filter=${filter}`)).json()).toHaveLength(1);
    expect((await api('GET', `/api/v1/logs?since=2026-01-01T00:00:00Z&after=bG9nOjA`)).status).toBe(400);
    const old = new Date(Date.now() - 181 * 86_400_000).toISOString();
    expect(await (await api('GET', `/api/v1/logs?since=${old}`)).json()).toMatchObject({
      errorCode: 'E0000053',
    });
    expect((await api('GET', '/api/v1/logs?limit=1001')).status).toBe(400);
  });
});

describe('event hooks', () => {
  const hook = (items: string[] = ['user.lifecycle.deactivate', 'user.lifecycle.suspend']): object => ({
    name: 'leavers',
    events: { type: 'EVENT_TYPE', items },
    channel: {
      type: 'HTTP',
      version: '1.0.0',
      config: {
        uri: `${receiver.url}/hooks/okta`,
        authScheme: { type: 'HEADER', key: 'authorization', value: 'shared-secret' },
      },
    },
  });
  const echo: Receiver['answer'] = ({ headers: sent }) => ({
    status: 200,
    body: JSON.stringify({ verification: sent['x-okta-verification-challenge'] }),
  });
  async function register(): Promise<string> {
    const { id } = (await (await api('POST', '/api/v1/eventHooks', hook())).json()) as { id: string };
    receiver.answer = echo;
    expect((await api('POST', `/api/v1/eventHooks/${id}/lifecycle/verify`)).status).toBe(200);
    receiver.answer = () => ({ status: 204 });
    receiver.received.length = 0;
    return id;
  }
  const delivered = (count: number): Promise<void> =>
    vi.waitFor(() => expect(receiver.received).toHaveLength(count), 5000);
  const settled = (): Promise<{ state: string; attempts: unknown[] }[]> =>
    vi.waitFor(async () => {
      const { deliveries } = await control.get<{ deliveries: { state: string; attempts: unknown[] }[] }>(
        '/deliveries',
      );
      expect(deliveries.every(({ state }) => state === 'delivered' || state === 'failed')).toBe(true);
      return deliveries;
    }, 5000);

  test('a hook is verified only by echoing the challenge, and gets nothing before', async () => {
    const created = (await (await api('POST', '/api/v1/eventHooks', hook())).json()) as {
      id: string;
      verificationStatus: string;
    };
    expect(created.verificationStatus).toBe('UNVERIFIED');
    expect(JSON.stringify(created)).not.toContain('shared-secret');
    await control.post('/instances/okta/users/bo/deactivate');
    const refused = await api('POST', `/api/v1/eventHooks/${created.id}/lifecycle/verify`);
    expect([refused.status, await refused.json()]).toEqual([
      400,
      expect.objectContaining({ errorCode: 'E0000001' }),
    ]);
    expect(receiver.received.map(({ method }) => method)).toEqual(['GET', 'GET']);
    receiver.answer = echo;
    expect(
      await (await api('POST', `/api/v1/eventHooks/${created.id}/lifecycle/verify`)).json(),
    ).toMatchObject({ verificationStatus: 'VERIFIED' });
    expect(receiver.received.every(({ headers: sent }) => sent.authorization === 'shared-secret')).toBe(true);
  });

  test('an event arrives in Okta’s envelope with the shared secret, and is the one System Log has', async () => {
    const id = await register();
    await control.post('/instances/okta/users/ada/deactivate');
    await delivered(1);
    const [request] = receiver.received;
    expect(request?.headers.authorization).toBe('shared-secret');
    const body = JSON.parse(request?.body ?? '') as { eventId: string; data: { events: { uuid: string }[] } };
    expect(body).toMatchObject({
      eventType: 'com.okta.event_hook',
      cloudEventsVersion: '0.1',
      source: `${url}/api/v1/eventHooks/${id}`,
      data: {
        events: [
          {
            eventType: 'user.lifecycle.deactivate',
            target: [{ id: await adaId(), type: 'User', alternateId: 'ada@example.com' }],
          },
        ],
      },
    });
    const log = (await (await api('GET', '/api/v1/logs')).json()) as { uuid: string }[];
    expect(log.map(({ uuid }) => uuid)).toEqual([body.data.events[0]?.uuid]);
  });

  test('events that the hook did not ask for are not sent', async () => {
    await register();
    await control.post('/instances/okta/users/ada/sign-in');
    await control.post('/instances/okta/users/ada/suspend');
    await delivered(1);
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({
      data: { events: [{ eventType: 'user.lifecycle.suspend' }] },
    });
  });

  test('a server error or a timeout is retried once, a client error never', async () => {
    await register();
    receiver.answer = () => ({ status: 500 });
    await control.post('/instances/okta/users/ada/suspend');
    expect((await settled())[0]).toMatchObject({
      state: 'failed',
      attempts: [{ status: 500 }, { status: 500 }],
    });
    receiver.answer = () => ({ status: 400 });
    await control.post('/instances/okta/users/ada/deactivate');
    await vi.waitFor(
      async () =>
        expect((await settled())[1]).toMatchObject({ state: 'failed', attempts: [{ status: 400 }] }),
      5000,
    );
    receiver.answer = () => new Promise((resolve) => setTimeout(() => resolve({ status: 204 }), 1000));
    await control.post('/instances/okta/users/bo/deactivate');
    await vi.waitFor(
      async () =>
        expect((await settled())[2]).toMatchObject({
          state: 'failed',
          attempts: [{ error: expect.any(String) }, { error: expect.any(String) }],
        }),
      5000,
    );
  });

  test('a type that hooks do not deliver is refused', async () => {
    expect((await api('POST', '/api/v1/eventHooks', hook(['user.lifecycle.delete.completed']))).status).toBe(
      400,
    );
  });
});
