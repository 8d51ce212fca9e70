import { Client } from '@microsoft/microsoft-graph-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startGraph } from './graph-harness.ts';
import type { Device, GraphHarness, Page } from './graph-harness.ts';

let graph: GraphHarness;
beforeEach(async () => {
  graph = await startGraph();
});
afterEach(() => graph.stop());

describe('with the official client', () => {
  const connect = (): Client =>
    Client.init({
      baseUrl: graph.url,
      customHosts: new Set([new URL(graph.url).hostname]),
      fetchOptions: { headers: { authorization: `Bearer ${graph.token}` } },
      authProvider: (done) => done(null, graph.token),
    });

  test('reads, disables, revokes, wipes and pages', async () => {
    const client = connect();
    const ada = (await client.api('/users/ada@example.com').select('id,accountEnabled,employeeId').get()) as {
      id: string;
    };
    expect(ada).toMatchObject({ accountEnabled: true, employeeId: 'E-2' });
    await client.api(`/users/${ada.id}`).patch({ accountEnabled: false });
    expect(await client.api(`/users/${ada.id}/revokeSignInSessions`).post({})).toMatchObject({ value: true });
    const devices = (await client.api(`/users/${ada.id}/managedDevices`).get()) as Page<Device>;
    expect(devices.value.map(({ serialNumber }) => serialNumber)).toEqual(['C02ADA0001', 'F17ADA0002']);
    await client
      .api(`/deviceManagement/managedDevices/${devices.value[0]?.id}/wipe`)
      .post({ keepEnrollmentData: false });
    expect(await graph.effects('kind=wipe&target=ada-laptop')).toHaveLength(1);
    const first = (await client.api('/users').top(2).get()) as Page<unknown>;
    // The client takes only https:// links as they are; over plain HTTP the base has to come off.
    const second = (await client
      .api(first['@odata.nextLink']?.replace(`${graph.url}/v1.0`, '') ?? '')
      .get()) as Page<unknown>;
    expect([first.value.length, second.value.length, second['@odata.nextLink']]).toEqual([2, 1, undefined]);
  });

  test('an error carries Graph’s code', async () => {
    await expect(connect().api('/users/nobody@example.com').get()).rejects.toMatchObject({
      statusCode: 404,
      code: 'Request_ResourceNotFound',
    });
  });
});

describe('tokens', () => {
  test('only the right credentials get one, and Graph answers 401 without a live one', async () => {
    expect((await graph.fetchToken({ client_secret: 'wrong' })).status).toBe(401);
    expect(await (await graph.fetchToken({ scope: 'User.Read' })).json()).toMatchObject({
      error: 'invalid_scope',
    });
    const body = {
      error: { code: 'InvalidAuthenticationToken', innerError: { 'request-id': expect.any(String) } },
    };
    const none = await fetch(`${graph.url}/v1.0/users`);
    expect([none.status, await none.json()]).toEqual([
      401,
      expect.objectContaining({ error: expect.objectContaining({ code: 'InvalidAuthenticationToken' }) }),
    ]);
    await graph.control.post('/instances/graph/tokens/expire');
    expect(await (await graph.api('GET', '/users')).json()).toMatchObject(body);
  });

  test('throttling says when to come back', async () => {
    await graph.control.post('/faults', {
      instance: 'graph',
      fault: { type: 'rate-limit', retryAfterSeconds: 9 },
      times: 1,
    });
    const response = await graph.api('GET', '/users');
    expect([response.status, response.headers.get('retry-after'), await response.json()]).toEqual([
      429,
      '9',
      expect.objectContaining({ error: expect.objectContaining({ code: 'TooManyRequests' }) }),
    ]);
  });
});

describe('users', () => {
  test('without $select only the default fields are shown', async () => {
    const ada = await graph.read<object>('/users/ada@example.com');
    expect(ada).toMatchObject({ displayName: 'Ada Leaver' });
    expect(ada).not.toHaveProperty('accountEnabled');
    expect(
      await graph.read(
        '/users/ada@example.com?$select=accountEnabled,employeeLeaveDateTime,onPremisesSyncEnabled',
      ),
    ).toMatchObject({ accountEnabled: true, employeeLeaveDateTime: null, onPremisesSyncEnabled: null });
    expect(
      (await graph.read<Page<unknown>>("/users?$filter=employeeId eq 'E-2' and accountEnabled eq true"))
        .value,
    ).toHaveLength(1);
    expect(await graph.read(`/users/ada@example.com/manager?$select=employeeId`)).toMatchObject({
      employeeId: 'E-1',
    });
  });

  test('revoking sign-in sessions moves the time from which sessions count', async () => {
    const before = await graph.read<{ signInSessionsValidFromDateTime: string }>(
      '/users/ada@example.com?$select=signInSessionsValidFromDateTime',
    );
    expect(
      await (await graph.api('POST', `/users/${await graph.adaId()}/revokeSignInSessions`)).json(),
    ).toMatchObject({ value: true });
    const after = await graph.read<{ signInSessionsValidFromDateTime: string }>(
      '/users/ada@example.com?$select=signInSessionsValidFromDateTime',
    );
    expect(Date.parse(after.signInSessionsValidFromDateTime)).toBeGreaterThan(
      Date.parse(before.signInSessionsValidFromDateTime),
    );
  });

  test('a user mastered on premises is not disabled in the cloud', async () => {
    await graph.control.post('/company', {
      people: [
        {
          key: 'syn',
          givenName: 'Syn',
          familyName: 'Ced',
          workEmail: 'syn@example.com',
          externalId: 'E-9',
          identity: ['graph'],
          onPremises: true,
        },
      ],
    });
    const refused = await graph.api('PATCH', '/users/syn@example.com', { accountEnabled: false });
    expect([refused.status, await refused.json()]).toEqual([
      400,
      expect.objectContaining({ error: expect.objectContaining({ code: 'Request_BadRequest' }) }),
    ]);
    expect(await graph.effects('kind=user.update')).toEqual([]);
    await graph.control.post('/instances/graph/users/syn/disable');
    expect(await graph.read('/users/syn@example.com?$select=accountEnabled')).toMatchObject({
      accountEnabled: false,
    });
  });

  test('a deleted user lies in the recycle bin until purged, and can be restored', async () => {
    const id = await graph.adaId();
    expect((await graph.api('DELETE', `/users/${id}`)).status).toBe(204);
    expect((await graph.api('GET', `/users/${id}`)).status).toBe(404);
    expect(await graph.read(`/directory/deletedItems/${id}`)).toMatchObject({
      id,
      deletedDateTime: expect.any(String),
    });
    await graph.control.post('/instances/graph/users/ada/restore');
    expect((await graph.api('GET', `/users/${id}`)).status).toBe(200);
    expect((await graph.effects('kind=user.delete')).length).toBe(1);
  });

  test('directory devices carry no serial number but link to the managed device', async () => {
    const id = await graph.adaId();
    const owned = await graph.read<Page<Record<string, unknown>>>(`/users/${id}/ownedDevices`);
    const registered = await graph.read<Page<Record<string, unknown>>>(`/users/${id}/registeredDevices`);
    expect(owned.value).toEqual(registered.value);
    expect(owned.value[0]).not.toHaveProperty('serialNumber');
    const managed = await graph.read<Page<Record<string, unknown>>>(`/users/${id}/managedDevices`);
    expect(owned.value.map((device) => device['deviceId'])).toEqual(
      managed.value.map((device) => device['azureADDeviceId']),
    );
  });
});
