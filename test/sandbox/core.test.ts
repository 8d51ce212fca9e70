import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { Router } from 'express';
import { close, jsonBody, listen } from '../../sandbox/core/http.ts';
import type { CreateSimulator } from '../../sandbox/core/simulator.ts';
import { startInstances } from '../../sandbox/core/start.ts';
import type { Sandbox } from '../../sandbox/core/start.ts';

/** A vendor small enough to show the core alone: it counts bumps, and tells a hook on demand. */
const createBell: CreateSimulator = (context, options) => {
  let rings = 0;
  const router = Router().use(jsonBody());
  router.post('/ring', (request, response) => {
    rings += 1;
    context.effect(request, { kind: 'ring', target: 'bell', key: 'bell-key', params: { loud: true } });
    response.json({ rings });
  });
  router.get('/rings', (_request, response) => void response.json({ rings }));
  const control = Router();
  control.post('/tell', (request, response) => {
    const body: unknown = request.body;
    const retry = {
      delaysMs: [1, 1],
      retries: (attempt: { status?: number }) => (attempt.status ?? 500) >= 500,
    };
    void context.deliver({
      delivery: 'told',
      url: String(options['hook']),
      headers: () => ({ 'content-type': 'application/json' }),
      body: JSON.stringify(body),
      timeoutMs: 3000,
      retry,
    });
    response.status(202).end();
  });
  return {
    router,
    control,
    refuse: {
      rateLimited: (_request, response, seconds) =>
        void response.status(429).set('retry-after', String(seconds)).json({ bell: 'too fast' }),
      failed: (_request, response, status) => void response.status(status).json({ bell: status }),
    },
    seed: () => {},
    reset: () => {
      rings = 0;
    },
  };
};

let sandbox: Sandbox;
let bell: string;
let receiver: Server;
let received: unknown[] = [];
let answers: number[] = [];

beforeEach(async () => {
  received = [];
  answers = [];
  receiver = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      received.push(JSON.parse(text));
      response.writeHead(answers.shift() ?? 204).end();
    });
  });
  const port = await listen(receiver, '127.0.0.1', 0);
  sandbox = await startInstances({
    controlPort: 0,
    simulators: { bell: createBell },
    instances: [
      { kind: 'bell', name: 'bell', hook: `http://127.0.0.1:${port}/` },
      { kind: 'bell', name: 'other' },
    ],
  });
  bell = sandbox.urls['bell'] ?? '';
});
afterEach(async () => {
  await sandbox.stop();
  await close(receiver);
});

const ring = (): Promise<Response> => fetch(`${bell}/ring`, { method: 'POST' });
const post = (path: string, body: unknown): Promise<Response> =>
  fetch(sandbox.controlUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
async function read<T>(path: string): Promise<T> {
  return (await (await fetch(sandbox.controlUrl + path)).json()) as T;
}
async function addFault(fault: object, more: object = {}): Promise<string> {
  const answer = await post('/faults', { instance: 'bell', fault, ...more });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}
const effectCount = async (query = ''): Promise<number> =>
  (await read<{ effects: unknown[] }>(`/effects${query}`)).effects.length;

describe('effects', () => {
  test('each effect is counted with where it came from, and found by instance, kind, target or seed key', async () => {
    await ring();
    const { effects } = await read<{ effects: unknown[] }>('/effects?instance=bell&kind=ring&target=bell');
    expect(effects).toEqual([
      expect.objectContaining({
        n: 1,
        instance: 'bell',
        kind: 'ring',
        target: 'bell',
        key: 'bell-key',
        params: { loud: true },
        request: { method: 'POST', path: '/ring' },
      }),
    ]);
    expect(await effectCount('?target=bell-key')).toBe(1);
    expect(await effectCount('?instance=other')).toBe(0);
  });

  test('reset empties state, effects, faults and deliveries', async () => {
    await ring();
    await addFault({ type: 'down' }, { times: 1 });
    expect((await post('/reset', undefined)).status).toBe(204);
    expect(await effectCount()).toBe(0);
    expect(await read('/faults')).toEqual({ faults: [] });
    expect(await read('/deliveries')).toEqual({ deliveries: [] });
    expect(await (await fetch(`${bell}/rings`)).json()).toEqual({ rings: 0 });
  });
});

describe('request faults', () => {
  test('a held response is answered only when released, while its effect has happened', async () => {
    const id = await addFault({ type: 'hold-after-effect' });
    let answered = false;
    const pending = ring().then((response) => {
      answered = true;
      return response;
    });
    await vi.waitFor(async () =>
      expect((await read<{ faults: { held: number }[] }>('/faults')).faults[0]?.held).toBe(1),
    );
    expect(await effectCount()).toBe(1);
    expect(answered).toBe(false);
    expect(await (await post(`/faults/${id}/release`, {})).json()).toEqual({ released: 1 });
    expect((await pending).status).toBe(200);
  });

  test('a held response can be released as a dropped connection', async () => {
    const id = await addFault({ type: 'hold-after-effect' });
    const pending = expect(ring()).rejects.toThrow();
    await vi.waitFor(async () =>
      expect((await read<{ faults: { held: number }[] }>('/faults')).faults[0]?.held).toBe(1),
    );
    await post(`/faults/${id}/release`, { as: 'drop' });
    await pending;
    expect(await effectCount()).toBe(1);
  });

  test('a drop after the effect loses the answer, a drop before it loses the effect too', async () => {
    await addFault({ type: 'drop-after-effect' }, { times: 1 });
    await expect(ring()).rejects.toThrow();
    expect(await effectCount()).toBe(1);
    await addFault({ type: 'drop-before-effect' }, { times: 1 });
    await expect(ring()).rejects.toThrow();
    expect(await effectCount()).toBe(1);
    await addFault({ type: 'down' }, { times: 1 });
    await expect(ring()).rejects.toThrow();
    expect((await ring()).status).toBe(200);
  });

  test('refusals are in the vendor’s own words and have no effect', async () => {
    await addFault({ type: 'rate-limit', retryAfterSeconds: 7 }, { times: 1 });
    const limited = await ring();
    expect([limited.status, limited.headers.get('retry-after'), await limited.json()]).toEqual([
      429,
      '7',
      { bell: 'too fast' },
    ]);
    await addFault({ type: 'status', status: 503 }, { times: 1 });
    expect(await (await ring()).json()).toEqual({ bell: 503 });
    await addFault(
      { type: 'status', status: 502, headers: { 'x-proxy': 'yes' }, body: 'bad gateway' },
      { times: 1 },
    );
    const proxied = await ring();
    expect([proxied.status, proxied.headers.get('x-proxy'), await proxied.text()]).toEqual([
      502,
      'yes',
      'bad gateway',
    ]);
    expect(await effectCount()).toBe(0);
  });

  test('a fault meets only its instance, method and path, as often as told, and counts its hits', async () => {
    await addFault({ type: 'status', status: 500 }, { match: { method: 'post', path: '^/ring$' }, times: 2 });
    expect((await fetch(`${bell}/rings`)).status).toBe(200);
    expect((await fetch(`${sandbox.urls['other']}/ring`, { method: 'POST' })).status).toBe(200);
    expect([(await ring()).status, (await ring()).status, (await ring()).status]).toEqual([500, 500, 200]);
    expect(await read('/faults')).toEqual({ faults: [expect.objectContaining({ hits: 2, times: 2 })] });
  });

  test('a fault for one request strikes one of two that come together, latency or not', async () => {
    await addFault({ type: 'latency', ms: 50 });
    await addFault({ type: 'drop-after-effect' }, { times: 1 });
    const both = await Promise.allSettled([ring(), ring()]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await effectCount()).toBe(2);
  });

  test('a deleted fault strikes no more', async () => {
    const id = await addFault({ type: 'status', status: 500 });
    expect((await ring()).status).toBe(500);
    expect((await fetch(`${sandbox.controlUrl}/faults/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await ring()).status).toBe(200);
  });

  test('a malformed fault, or one for an instance that is not there, is refused', async () => {
    expect((await post('/faults', { instance: 'bell', fault: { type: 'explode' } })).status).toBe(400);
    expect(
      (await post('/faults', { instance: 'bell', fault: { type: 'down' }, match: { path: '(' } })).status,
    ).toBe(400);
    expect((await post('/faults', { instance: 'nobody', fault: { type: 'down' } })).status).toBe(404);
  });
});

describe('deliveries', () => {
  const settled = async (
    count: number,
  ): Promise<{ state: string; attempts: unknown[]; duplicateOf: number | null }[]> =>
    vi.waitFor(async () => {
      const { deliveries } = await read<{
        deliveries: { state: string; attempts: unknown[]; duplicateOf: number | null }[];
      }>('/deliveries?instance=bell');
      expect(deliveries.length).toBe(count);
      expect(deliveries.every(({ state }) => state !== 'pending' && state !== 'held')).toBe(true);
      return deliveries;
    }, 10_000);

  test('a refused delivery is retried by the vendor’s rule until it runs out, each attempt logged', async () => {
    answers = [500, 204];
    await post('/instances/bell/tell', { n: 1 });
    expect(await settled(1)).toEqual([
      expect.objectContaining({
        state: 'delivered',
        attempts: [expect.objectContaining({ status: 500 }), expect.objectContaining({ status: 204 })],
      }),
    ]);
    answers = [500, 500, 500];
    await post('/instances/bell/tell', { n: 2 });
    expect((await settled(2))[1]).toMatchObject({ state: 'failed' });
    answers = [400];
    await post('/instances/bell/tell', { n: 3 });
    expect((await settled(3))[2]).toMatchObject({ state: 'failed', attempts: [{ status: 400 }] });
  });

  test('a duplicated delivery arrives twice', async () => {
    await addFault({ type: 'duplicate' }, { match: { delivery: 'told' }, times: 1 });
    await post('/instances/bell/tell', { n: 1 });
    expect((await settled(2)).map(({ duplicateOf }) => duplicateOf)).toEqual([null, 1]);
    expect(received).toEqual([{ n: 1 }, { n: 1 }]);
  });

  test('a lost delivery is never sent', async () => {
    await addFault({ type: 'lose' }, { match: { delivery: 'told' }, times: 1 });
    await post('/instances/bell/tell', { n: 1 });
    expect(await settled(1)).toMatchObject([{ state: 'lost', attempts: [] }]);
    expect(received).toEqual([]);
  });

  test('a reordered delivery arrives after the next one', async () => {
    await addFault({ type: 'reorder' }, { match: { delivery: 'told' }, times: 1 });
    await post('/instances/bell/tell', { n: 1 });
    await post('/instances/bell/tell', { n: 2 });
    await settled(2);
    expect(received).toEqual([{ n: 2 }, { n: 1 }]);
  });
});

describe('control', () => {
  test('lists its instances with their addresses', async () => {
    expect(await read('/')).toEqual({
      instances: [
        { name: 'bell', kind: 'bell', url: bell },
        { name: 'other', kind: 'bell', url: sandbox.urls['other'] },
      ],
    });
    expect(await read('/healthz')).toEqual({ status: 'ok' });
  });

  test('a company whose references do not resolve is refused with the path', async () => {
    const answer = await post('/company', {
      devices: [
        { key: 'd', serial: 'S', manufacturer: 'M', model: 'X', platform: 'macos', assignedTo: 'nobody' },
      ],
    });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(await answer.json())).toContain('assignedTo');
    expect((await post('/company', { people: [], devices: [] })).status).toBe(200);
  });

  test('a port that is taken stops the start, and frees what had started', async () => {
    const first = await startInstances({ controlPort: 0, simulators: { bell: createBell }, instances: [] });
    const taken = Number(new URL(first.controlUrl).port);
    const free = await startInstances({ controlPort: 0, simulators: {}, instances: [] });
    const other = Number(new URL(free.controlUrl).port);
    await free.stop();
    const instances = [
      { kind: 'bell', name: 'one', port: other },
      { kind: 'bell', name: 'two', port: taken },
    ];
    await expect(
      startInstances({ controlPort: 0, simulators: { bell: createBell }, instances }),
    ).rejects.toThrow('EADDRINUSE');
    await expect(fetch(`http://127.0.0.1:${other}/rings`)).rejects.toThrow();
    await first.stop();
  });

  test('an unknown kind or a repeated name stops the start', async () => {
    await expect(
      startInstances({ controlPort: 0, simulators: {}, instances: [{ kind: 'bell', name: 'bell' }] }),
    ).rejects.toThrow('no simulator of the kind bell');
    const twice = [
      { kind: 'bell', name: 'bell' },
      { kind: 'bell', name: 'bell' },
    ];
    await expect(
      startInstances({ controlPort: 0, simulators: { bell: createBell }, instances: twice }),
    ).rejects.toThrow('two instances are named bell');
  });
});
