/** Holds: whose they are, what they pause, and that they meet whom they are meant for, also before anybody leaves. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { caseStream, deviceStream, personStream } from '../../src/domain/fact.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { itemsIn, listIn, startApi, textIn } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { addCase, addPerson, append, discover, lastFact, leaverWith, typesIn } from './support/facts.ts';
import type { Held } from './support/facts.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url);
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

type Role = 'legal' | 'operator';
const place = (as: Role, kind: 'legal' | 'data-handover', body: object) =>
  api.call('POST', `/api/v1/holds/${kind}`, { as, body: { reason: 'litigation about Mr Smith', ...body } });
const lift = (as: Role, kind: 'legal' | 'data-handover', id: string) =>
  api.call('POST', `/api/v1/holds/${kind}/${id}/lift`, { as, body: { reason: 'settled' } });
const get = (path: string) => api.call('GET', `/api/v1${path}`, { as: 'viewer' });

const handedOver = ({ deviceId, epoch }: Held) =>
  append(api.db, [
    {
      stream: deviceStream(deviceId),
      key: `handover.done:${deviceId}:${epoch}`,
      type: 'handover.done',
      actor: 'token:x',
      data: { epoch, handoverId: 'h', items: [] },
    },
  ]);

async function custodyOf(deviceId: string) {
  const custody = listIn(await get(`/devices/${deviceId}`), 'custodies').at(-1) ?? {};
  const gates = custody['gates'] as { gate: string; state: string; blockedBy: { code: string }[] }[];
  const states = Object.fromEntries(
    gates.map(({ gate, state, blockedBy }) => [gate, [state, ...blockedBy.map(({ code }) => code)]]),
  );
  return { ...custody, states };
}

describe('a legal hold', () => {
  test('on a device pauses its wipe until legal lifts it, and leaves others and the access cut alone', async () => {
    const { caseId, devices } = await leaverWith(api.db, 'HOLD-0001', 'HOLD-0002');
    const [one, other] = devices as readonly [Held, Held];
    for (const device of devices) await handedOver(device);
    const cutBefore = (await get(`/cases/${caseId}`)).body['gates'];
    const placed = await place('legal', 'legal', { deviceId: one.deviceId });
    expect(placed).toMatchObject({
      status: 201,
      body: {
        kind: 'legal',
        deviceId: one.deviceId,
        personId: null,
        placedBy: 'token:t-legal',
        liftedAt: null,
      },
    });
    const id = textIn(placed, 'id');
    expect(await custodyOf(one.deviceId)).toMatchObject({
      holds: [{ id, kind: 'legal' }],
      states: { wipe: ['held', 'on-hold-legal'] },
    });
    expect(await custodyOf(other.deviceId)).toMatchObject({
      holds: [],
      states: { wipe: ['waiting', expect.any(String)] },
    });
    expect((await get(`/cases/${caseId}`)).body['gates']).toEqual(cutBefore);
    const wakes = async () =>
      (
        await api.db
          .selectFrom('outbox')
          .select('id')
          .where('workflow_id', '=', `custody:${one.deviceId}:1`)
          .execute()
      ).length;
    const before = await wakes();
    expect(await lift('legal', 'legal', id)).toMatchObject({
      status: 200,
      body: { liftedBy: 'token:t-legal', liftedAt: expect.any(String) },
    });
    expect(await wakes()).toBeGreaterThan(before);
    expect(await custodyOf(one.deviceId)).toMatchObject({
      holds: [],
      states: { wipe: ['waiting', expect.any(String)] },
    });
    expect(await lift('legal', 'legal', id)).toMatchObject({
      status: 409,
      body: { code: 'hold-not-in-force' },
    });
  });

  test('on a person before they leave comes with every custody that opens later', async () => {
    const personId = await addPerson(api.db);
    const id = textIn(await place('legal', 'legal', { personId }), 'id');
    expect(await typesIn(api.db, personStream(personId))).toEqual(['hold.placed']);
    const caseId = await addCase(api.db, personId);
    const devices = await discover(api.db, caseId, personId, [
      { serial: 'HOLD-0003' },
      { serial: 'HOLD-0004' },
    ]);
    for (const { deviceId } of devices) expect(await custodyOf(deviceId)).toMatchObject({ holds: [{ id }] });
    await lift('legal', 'legal', id);
    for (const { deviceId } of devices) expect(await custodyOf(deviceId)).toMatchObject({ holds: [] });
    expect(await typesIn(api.db, personStream(personId))).toEqual(['hold.placed', 'hold.lifted']);
    expect(await typesIn(api.db, caseStream(caseId))).not.toContain('hold.placed');
  });

  test('is not lifted by the way of another kind, and two holds need two lifts', async () => {
    const { personId, devices } = await leaverWith(api.db, 'HOLD-0005');
    const [{ deviceId }] = devices as readonly [Held];
    const first = textIn(await place('legal', 'legal', { personId }), 'id');
    const second = textIn(await place('legal', 'legal', { deviceId }), 'id');
    expect(await lift('operator', 'data-handover', first)).toMatchObject({
      status: 409,
      body: { code: 'hold-not-in-force' },
    });
    await lift('legal', 'legal', first);
    expect(await custodyOf(deviceId)).toMatchObject({ holds: [{ id: second }] });
  });
});

test('a data-handover hold keeps data-handover open although somebody said that it was done', async () => {
  const { devices } = await leaverWith(api.db, 'HOLD-0006');
  const [device] = devices as readonly [Held];
  await handedOver(device);
  expect(await custodyOf(device.deviceId)).toMatchObject({ states: { 'data-handover': ['satisfied'] } });
  const id = textIn(await place('operator', 'data-handover', { deviceId: device.deviceId }), 'id');
  expect(await custodyOf(device.deviceId)).toMatchObject({
    states: { 'data-handover': ['held', 'on-hold-data-handover'] },
  });
  await lift('operator', 'data-handover', id);
  expect(await custodyOf(device.deviceId)).toMatchObject({ states: { 'data-handover': ['satisfied'] } });
});

test('is of one person or one device that there is, with a reason that no fact repeats', async () => {
  const { personId, devices } = await leaverWith(api.db, 'HOLD-0007');
  const [{ deviceId }] = devices as readonly [Held];
  expect(await place('legal', 'legal', {})).toMatchObject({ status: 400 });
  expect(await place('legal', 'legal', { personId, deviceId })).toMatchObject({ status: 400 });
  expect(await place('legal', 'legal', { deviceId, reason: '' })).toMatchObject({ status: 400 });
  expect(await place('legal', 'legal', { personId: `per_${'0'.repeat(26)}` })).toMatchObject({
    status: 404,
    body: { code: 'not-found' },
  });
  const placed = await place('legal', 'legal', { deviceId });
  expect(placed).toMatchObject({ body: { reason: 'litigation about Mr Smith' } });
  expect(JSON.stringify(await lastFact(api.db, deviceStream(deviceId), 'hold.placed'))).not.toContain(
    'Smith',
  );
});

test('are listed by state and by whom they are on, page after page, and shown one by one', async () => {
  const { personId, devices } = await leaverWith(api.db, 'HOLD-0008');
  const [{ deviceId }] = devices as readonly [Held];
  const [a, b] = [
    textIn(await place('legal', 'legal', { personId }), 'id'),
    textIn(await place('operator', 'data-handover', { deviceId }), 'id'),
  ];
  await lift('legal', 'legal', a);
  const ids = async (query: string) => itemsIn(await get(`/holds?${query}`)).map(({ id }) => id);
  expect(await ids(`personId=${personId}`)).toEqual([]);
  expect(await ids(`personId=${personId}&state=lifted`)).toEqual([a]);
  expect(await ids(`deviceId=${deviceId}&state=all`)).toEqual([b]);
  const first = await get('/holds?state=all&limit=2');
  const rest = await get(`/holds?state=all&limit=200&cursor=${String(first.body['next'])}`);
  expect([...itemsIn(first), ...itemsIn(rest)]).toEqual(itemsIn(await get('/holds?state=all&limit=200')));
  expect((await get(`/holds/${b}`)).body).toMatchObject({ id: b, kind: 'data-handover', liftedAt: null });
  expect(await get(`/holds/hold_${'0'.repeat(26)}`)).toMatchObject({ status: 404 });
});
