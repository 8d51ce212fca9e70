/** Deadlines from return to closure: each with an owner, missed ones recorded once, and counted also when they are healed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importVendorDocuments } from '../../src/activities/pickup.ts';
import { raiseOverdueCounts } from '../../src/activities/overdue-counts.ts';
import { PolicySchema } from '../../src/config/policy-schema.ts';
import { putInForce } from '../support/postgres/in-force.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { itemsIn, listIn, startApi, textIn } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { leaverWith, returned } from './support/facts.ts';
import { pickupDesk } from './support/pickups.ts';
import { TestVendor, contextWith } from './support/vendor.ts';

const DAY_MS = 86_400_000;
const POLICY = PolicySchema.parse({
  handoff: { stageAfter: '2d', countDue: '3d', owners: { counted: 'warehouse-2' } },
});

let database: TestDatabase;
let api: TestApi;
/** The API's clock runs ahead by this much. */
let ahead = 0;
const now = () => new Date(Date.now() + ahead);

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url, {
    connectors: [{ name: 'itad', kind: 'generic', port: 'disposition', mode: 'enforce' }],
    policy: POLICY,
    clock: now,
  });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const { ready, create, scan, confirm, count, look, types } = pickupDesk(() => api);

async function missed(): Promise<unknown> {
  const answer = await api.call('GET', '/api/v1/deadlines/counts', { as: 'viewer' });
  return answer.body['counts'];
}

test('a device is staged some days after its return, and no pickup takes it before', async () => {
  ahead = 0;
  const { devices } = await ready('STAGED-01');
  const { devices: unwiped } = await leaverWith(api.db, 'STAGED-02');
  for (const device of unwiped) await returned(api.db, device);
  const staging = async () =>
    itemsIn(await api.call('GET', '/api/v1/staging', { as: 'dock' })).map(({ serial, obstacle }) => [
      serial,
      obstacle,
    ]);
  expect(new Map((await staging()) as [string, string][])).toEqual(
    new Map([
      ['STAGED01', 'not-staged-yet'],
      ['STAGED02', 'wipe-not-through'],
    ]),
  );
  expect((await create({})).body['code']).toBe('pickup-empty');
  ahead = 3 * DAY_MS;
  expect(await staging()).toEqual(expect.arrayContaining([['STAGED01', null]]));
  expect((await create({ deviceIds: [devices[0]?.deviceId] })).status).toBe(201);
  expect(await staging()).toEqual([['STAGED02', 'wipe-not-through']]);
});

test('what was missed is a fact of the device, once, and stays counted after it is healed', async () => {
  ahead = 0;
  const { devices } = await ready('LATE-01');
  const deviceId = devices[0]?.deviceId ?? '';
  ahead = 20 * DAY_MS;
  const pickupId = textIn(await create({ deviceIds: [deviceId] }), 'id');
  await scan(pickupId, 'LATE-01');
  expect((await confirm(pickupId)).status).toBe(200);
  expect(await missed()).toEqual([{ trigger: 'staged', open: 0, healed: 1 }]);

  const vendor = new TestVendor();
  vendor.receipt = [
    {
      pickupId,
      serial: 'LATE-01',
      manufacturer: '',
      model: '',
      receivedAt: '2026-01-02T10:00:00.000Z',
      facility: 'Halle',
      condition: '',
    },
  ];
  ahead = 35 * DAY_MS;
  const context = { ...(await contextWith(api.db, vendor)), clock: now };
  for (let time = 0; time < 2; time += 1)
    await importVendorDocuments(context, { connector: 'itad', pickupId, what: 'receipt' });
  expect(await missed()).toEqual([
    { trigger: 'received', open: 0, healed: 1 },
    { trigger: 'staged', open: 0, healed: 1 },
  ]);
  expect((await types(`device:${deviceId}`)).filter((type) => type === 'deadline.breached')).toHaveLength(2);
  const path = '/api/v1/deadlines/missed?trigger=received';
  expect(itemsIn(await api.call('GET', path, { as: 'auditor' }))).toMatchObject([
    { stream: `device:${deviceId}`, owner: 'itad-vendor', healedAt: expect.any(String) },
  ]);
  const metrics = await api.call('GET', '/metrics', { as: 'admin' });
  expect(metrics.text).toContain('handback_deadlines_missed{trigger="received",state="healed"} 1');
});

test('a pickup that nobody counts in time is an exception of whoever the policy names, until it is counted', async () => {
  ahead = 0;
  const { devices } = await ready('UNCOUNTED-01');
  ahead = 5 * DAY_MS;
  const pickupId = textIn(await create({ deviceIds: [devices[0]?.deviceId] }), 'id');
  const context = { ...(await contextWith(api.db, new TestVendor())), clock: now };
  await putInForce(api.db, POLICY);
  await raiseOverdueCounts(context);
  expect(listIn(await look(pickupId), 'exceptions')).toEqual([]);
  ahead = 9 * DAY_MS;
  // The pickup of the first test waits for its count as well.
  for (let time = 0; time < 2; time += 1) await raiseOverdueCounts(context);
  expect(listIn(await look(pickupId), 'exceptions')).toMatchObject([
    { code: 'count-overdue', owner: 'warehouse-2', blocking: false, outcome: null },
  ]);
  expect(await missed()).toEqual(expect.arrayContaining([{ trigger: 'counted', open: 2, healed: 0 }]));
  await scan(pickupId, 'UNCOUNTED-01');
  await count(pickupId, ['UNCOUNTED-01']);
  expect(listIn(await look(pickupId), 'exceptions')).toMatchObject([{ outcome: 'counted' }]);
  expect(await missed()).toEqual(expect.arrayContaining([{ trigger: 'counted', open: 1, healed: 1 }]));
});
