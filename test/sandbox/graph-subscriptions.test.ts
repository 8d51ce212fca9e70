import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TENANT, startGraph } from './graph-harness.ts';
import type { GraphHarness, Page } from './graph-harness.ts';
import type { Receiver } from '../../sandbox/core/testing.ts';

let graph: GraphHarness;
beforeEach(async () => {
  graph = await startGraph();
});
afterEach(() => graph.stop());

describe('subscriptions', () => {
  const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
  const body = (change: object = {}): object => ({
    changeType: 'updated,deleted',
    notificationUrl: `${graph.receiver.url}/hooks/entra?source=sandbox`,
    lifecycleNotificationUrl: `${graph.receiver.url}/hooks/entra/lifecycle`,
    resource: 'users',
    expirationDateTime: inMinutes(60),
    clientState: 'a-shared-secret',
    ...change,
  });
  const echo: Receiver['answer'] = ({ url: target }) => {
    const given = new URL(target, graph.receiver.url).searchParams.get('validationToken');
    return given === null ? { status: 202 } : { status: 200, body: given, contentType: 'text/plain' };
  };
  async function subscribe(): Promise<string> {
    graph.receiver.answer = echo;
    const response = await graph.api('POST', '/subscriptions', body());
    expect(response.status).toBe(201);
    graph.receiver.received.length = 0;
    return ((await response.json()) as { id: string }).id;
  }
  const arrived = (count: number): Promise<void> =>
    vi.waitFor(() => expect(graph.receiver.received.length).toBeGreaterThanOrEqual(count), 5000);

  test('both endpoints must echo the decoded token as plain text, else there is no subscription', async () => {
    const refused = await graph.api('POST', '/subscriptions', body());
    expect([refused.status, await refused.json()]).toEqual([
      400,
      expect.objectContaining({ error: expect.objectContaining({ code: 'ValidationError' }) }),
    ]);
    graph.receiver.answer = ({ url: target }) => ({
      status: 200,
      body: new URL(target, graph.receiver.url).search.split('validationToken=')[1] ?? '',
      contentType: 'text/plain',
    });
    expect((await graph.api('POST', '/subscriptions', body())).status).toBe(400);
    graph.receiver.received.length = 0;
    graph.receiver.answer = echo;
    expect((await graph.api('POST', '/subscriptions', body())).status).toBe(201);
    expect(
      graph.receiver.received.map(({ method, url: target }) => `${method} ${target.split('?')[0]}`),
    ).toEqual(['POST /hooks/entra', 'POST /hooks/entra/lifecycle']);
    expect((await graph.read<Page<unknown>>('/subscriptions')).value).toHaveLength(1);
  });

  test('a change is notified with the client state and the id only; soft deletion comes as updated, the end as deleted', async () => {
    const id = await subscribe();
    const ada = await graph.adaId();
    for (const act of ['disable', 'delete', 'purge']) {
      await graph.control.post(`/instances/graph/users/ada/${act}`);
      await arrived(1);
      const [{ value }] = graph.receiver.received
        .splice(0)
        .map((request) => JSON.parse(request.body) as { value: object[] }) as [{ value: object[] }];
      expect(value).toEqual([
        expect.objectContaining({
          subscriptionId: id,
          clientState: 'a-shared-secret',
          changeType: act === 'purge' ? 'deleted' : 'updated',
          resource: `Users/${ada}`,
          tenantId: TENANT,
          resourceData: expect.objectContaining({ '@odata.type': '#Microsoft.Graph.User', id: ada }),
        }),
      ]);
    }
  });

  test('what is not answered with 2xx in time is sent again, then given up', async () => {
    await subscribe();
    const answers = [503, 400, 202];
    graph.receiver.answer = () => ({ status: answers.shift() ?? 500 });
    await graph.control.post('/instances/graph/users/ada/disable');
    await arrived(3);
    await graph.control.post('/instances/graph/users/bo/disable');
    await vi.waitFor(async () => {
      const { deliveries } = await graph.control.get<{
        deliveries: { state: string; attempts: unknown[] }[];
      }>('/deliveries');
      expect(deliveries).toMatchObject([{ state: 'delivered' }, { state: 'failed' }]);
      expect(deliveries.map(({ attempts }) => attempts.length)).toEqual([3, 3]);
    }, 5000);
  });

  test('an expiry is bounded, renewable, and ends delivery when it passes', async () => {
    graph.receiver.answer = echo;
    expect(
      (await graph.api('POST', '/subscriptions', body({ expirationDateTime: inMinutes(41_800) }))).status,
    ).toBe(400);
    expect(
      (await graph.api('POST', '/subscriptions', body({ expirationDateTime: inMinutes(-1) }))).status,
    ).toBe(400);
    const id = await subscribe();
    const later = inMinutes(10_000);
    expect(
      await (await graph.api('PATCH', `/subscriptions/${id}`, { expirationDateTime: later })).json(),
    ).toMatchObject({ expirationDateTime: later });
    expect(
      (await graph.api('PATCH', `/subscriptions/${id}`, { lifecycleNotificationUrl: graph.receiver.url }))
        .status,
    ).toBe(400);
    await graph.control.post('/instances/graph/subscriptions/expire');
    await graph.control.post('/instances/graph/users/ada/disable');
    expect((await graph.api('GET', `/subscriptions/${id}`)).status).toBe(404);
    expect(await graph.control.get('/deliveries')).toEqual({ deliveries: [] });
  });

  test('reauthorisation is asked for at the lifecycle endpoint', async () => {
    const id = await subscribe();
    expect(await graph.control.post('/instances/graph/subscriptions/reauthorization')).toEqual({
      notified: 1,
    });
    await arrived(1);
    expect(graph.receiver.received[0]?.url).toBe('/hooks/entra/lifecycle');
    expect(JSON.parse(graph.receiver.received[0]?.body ?? '')).toEqual({
      value: [
        expect.objectContaining({
          subscriptionId: id,
          lifecycleEvent: 'reauthorizationRequired',
          clientState: 'a-shared-secret',
        }),
      ],
    });
    expect((await graph.api('POST', `/subscriptions/${id}/reauthorize`)).status).toBe(204);
    expect((await graph.api('DELETE', `/subscriptions/${id}`)).status).toBe(204);
    expect((await graph.api('DELETE', `/subscriptions/${id}`)).status).toBe(404);
  });

  test('lost and duplicated notifications happen on demand', async () => {
    await subscribe();
    await graph.control.post('/faults', {
      instance: 'graph',
      match: { delivery: 'change-notification' },
      fault: { type: 'lose' },
      times: 1,
    });
    await graph.control.post('/instances/graph/users/ada/disable');
    await graph.control.post('/faults', {
      instance: 'graph',
      match: { delivery: 'change-notification' },
      fault: { type: 'duplicate' },
      times: 1,
    });
    await graph.control.post('/instances/graph/users/bo/disable');
    await arrived(2);
    const subjects = graph.receiver.received.map(
      (request) => (JSON.parse(request.body) as { value: { resource: string }[] }).value[0]?.resource,
    );
    const bo = (await graph.read<{ id: string }>('/users/bo@example.com?$select=id')).id;
    expect(subjects).toEqual([`Users/${bo}`, `Users/${bo}`]);
  });
});
