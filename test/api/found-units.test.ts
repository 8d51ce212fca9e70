/** A unit on the dock that nobody follows: a decision takes it into custody, and it goes the whole way to its closure. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assessCase, assessCustody } from '../../src/activities/assess.ts';
import { importVendorDocuments } from '../../src/activities/pickup.ts';
import { deviceStream } from '../../src/domain/fact.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { listIn, startApi, textIn } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { append } from './support/facts.ts';
import { pickupDesk } from './support/pickups.ts';
import { TestVendor, certificate, contextWith } from './support/vendor.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url, {
    connectors: [{ name: 'itad', kind: 'generic', port: 'disposition', mode: 'enforce' }],
  });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const { pickupOf, scan, count, sign, confirm, create, look } = pickupDesk(() => api);

async function decide(pickupId: string, code: string, outcome: string, as: 'asset-manager' | 'approver') {
  const found = listIn(await look(pickupId), 'exceptions').find((one) => one['code'] === code);
  const path = `/api/v1/exceptions/${String(found?.['id'])}/resolve`;
  return api.call('POST', path, { as, body: { outcome, reason: 'looked at it' } });
}

test('is retired by a decision, and gets its certificate and its closure', async () => {
  const { pickupId } = await pickupOf('FOUND-01');
  expect(await scan(pickupId, 'FOUND-01')).toBe('match');
  expect(await scan(pickupId, 'FOUND-99', 'OptiPlex 7090')).toBe('unexpected');
  await count(pickupId, ['FOUND-01', 'FOUND-99']);
  expect((await decide(pickupId, 'pickup-unexpected', 'accepted-as-found', 'asset-manager')).status).toBe(
    409,
  );
  expect((await decide(pickupId, 'pickup-unexpected', 'retired', 'approver')).status).toBe(403);
  const decided = await decide(pickupId, 'pickup-unexpected', 'retired', 'asset-manager');
  expect(decided.body, decided.text).toMatchObject({ outcome: 'retired' });
  // What the count said of the same unit is settled with it, and the pickup goes on without it.
  expect(listIn(await look(pickupId), 'discrepancies').filter((one) => one['outcome'] === null)).toEqual([]);
  for (const side of ['ours', 'vendor'] as const) await sign(pickupId, side);
  expect((await confirm(pickupId)).body).toMatchObject({ lines: 1 });

  const { id: deviceId, model } = await api.db
    .selectFrom('devices')
    .select(['id', 'model'])
    .where('serial', '=', 'FOUND99')
    .executeTakeFirstOrThrow();
  expect(model).toBe('OptiPlex 7090');
  const { case_id: caseId } = await api.db
    .selectFrom('custodies')
    .select('case_id')
    .where('device_id', '=', deviceId)
    .executeTakeFirstOrThrow();
  const vendor = new TestVendor();
  const context = await contextWith(api.db, vendor);
  const at = () => ({ now: Date.now() });
  await assessCase(context, { caseId, generation: 1, ...at() });
  const post = (path: string, body: object) => api.call('POST', `/api/v1${path}`, { as: 'dock', body });
  await post('/intake-scans', { serial: 'FOUND-99', site: 'berlin' });
  await post(`/devices/${deviceId}/sanitisation-reports`, {
    level: 'purge',
    method: 'cryptographic erase',
    tool: 'Eraser 7',
    outcome: 'erased',
    date: '2026-01-01T10:00:00Z',
    contentType: 'text/plain',
    document: Buffer.from('report').toString('base64'),
  });
  await assessCustody(context, { deviceId, epoch: 1, ...at() });
  const made = await create({ deviceIds: [deviceId] });
  expect(made.status, made.text).toBe(201);
  const next = textIn(made, 'id');
  expect(await scan(next, 'FOUND-99')).toBe('match');
  expect((await confirm(next)).status).toBe(200);
  const scannedAt = new Date().toISOString();
  vendor.scan = [{ pickupId: next, serial: 'FOUND-99', model: '', scannedAt }];
  vendor.certificates = [certificate(next, 'FOUND-99')];
  for (const what of ['scanned', 'certificates'] as const)
    await importVendorDocuments(context, { connector: 'itad', pickupId: next, what });
  await append(api.db, [
    {
      stream: deviceStream(deviceId),
      key: `closure.read-back:${deviceId}:1:now`,
      type: 'closure.read-back',
      actor: 'connector:snipeit',
      data: { epoch: 1, connector: 'snipeit', externalId: '1', matches: true, readAt: scannedAt },
    },
  ]);
  await assessCustody(context, { deviceId, epoch: 1, ...at() });
  await assessCase(context, { caseId, generation: 1, ...at() });
  const ended = await api.call('GET', `/api/v1/cases/${caseId}`, { as: 'viewer' });
  expect(ended.body).toMatchObject({ kind: 'retirement', state: 'completed' });
});

test('that a custody follows is not retired beside it', async () => {
  const { pickupId } = await pickupOf('HELD-01');
  await pickupOf('HELD-02');
  expect(await scan(pickupId, 'HELD-02')).not.toBe('match');
  const kind =
    (await scan(pickupId, 'HELD-02')) === 'duplicate' ? listIn(await look(pickupId), 'exceptions') : [];
  const answer = await decide(pickupId, String(kind[0]?.['code']), 'retired', 'asset-manager');
  expect(answer).toMatchObject({
    status: 409,
    body: { code: 'found-not-ready', errors: [{ message: 'in-custody' }] },
  });
});
