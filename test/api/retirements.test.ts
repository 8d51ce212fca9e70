/** Hardware without a person, from its opening to its end: all units or none, and every drive named. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assessCase, assessCustody } from '../../src/activities/assess.ts';
import { importVendorDocuments } from '../../src/activities/pickup.ts';
import { deviceStream } from '../../src/domain/fact.ts';
import { handback } from '../cli/support/command.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { listIn, startApi, textIn, tokenOf, withPolicy } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { append, lastFact, typesIn } from './support/facts.ts';
import { pickupDesk } from './support/pickups.ts';
import { certificate, contextWith, TestVendor } from './support/vendor.ts';

let database: TestDatabase;
let api: TestApi;
let directory: string;

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url, {
    connectors: [{ name: 'itad', kind: 'generic', port: 'disposition', mode: 'enforce' }],
  });
  await withPolicy(api.db);
  directory = await mkdtemp(join(tmpdir(), 'handback-retire-'));
});
afterAll(async () => {
  await api.stop();
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

const { create, scan, confirm } = pickupDesk(() => api);
const open = (...units: readonly object[]) =>
  api.call('POST', '/api/v1/retirements', { as: 'asset-manager', body: { units } });
const post = (path: string, body: object, as: 'dock' | 'asset-manager' = 'dock') =>
  api.call('POST', `/api/v1${path}`, { as, body });

async function counts(): Promise<readonly number[]> {
  return Promise.all(
    (['cases', 'devices', 'custodies', 'facts', 'outbox'] as const).map(
      async (name) => (await api.db.selectFrom(name).selectAll().execute()).length,
    ),
  );
}

async function gates(deviceId: string) {
  const shown = await api.call('GET', `/api/v1/devices/${deviceId}`, { as: 'viewer' });
  const list = listIn(shown, 'custodies').at(-1)?.['gates'] as { gate: string; state: string }[];
  return Object.fromEntries(list.map(({ gate, state }) => [gate, state]));
}

describe('opening', () => {
  test('refuses all when one cannot be, says which and why, and leaves nothing', async () => {
    await open({ serial: 'BUSY-SRV-1', drives: ['BUSY-DRV-1'] });
    const before = await counts();
    const answer = await open(
      { serial: 'FRESH-SRV-1' },
      { serial: 'BUSY-SRV-1' },
      { serial: 'FRESH-SRV-2', drives: ['BUSY-DRV-1'] },
      { serial: 'Default string' },
    );
    expect(answer).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'body.units.3.serial', message: 'serial-unreadable' }] },
    });
    expect(
      await open({ serial: 'FRESH-SRV-1' }, { serial: 'FRESH-SRV-2', drives: ['BUSY-DRV-1'] }),
    ).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'body.units.1', message: 'drive-elsewhere' }] },
    });
    expect(await open({ serial: 'FRESH-SRV-1' }, { serial: 'busy srv 1' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'body.units.1', message: 'in-custody' }] },
    });
    expect(await open({ serial: 'TWICE-1' }, { serial: 'twice-1' })).toMatchObject({
      body: { errors: [{ path: 'body.units.1', message: 'serial-twice' }] },
    });
    expect(await counts()).toEqual(before);
  });

  test('is sent again under its key without opening anything twice', async () => {
    const send = (serial: string) =>
      api.call('POST', '/api/v1/retirements', {
        as: 'asset-manager',
        body: { units: [{ serial }] },
        headers: { 'idempotency-key': 'rack-7' },
      });
    const first = await send('AGAIN-SRV-1');
    const second = await send('AGAIN-SRV-1');
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect(await send('AGAIN-SRV-2')).toMatchObject({
      status: 422,
      body: { code: 'idempotency-key-reused' },
    });
  });

  test('by two people at once with one serial in common lets one of them through', async () => {
    const answers = await Promise.all([
      open({ serial: 'RACE-0001' }, { serial: 'RACE-0002' }),
      open({ serial: 'RACE-0002' }, { serial: 'RACE-0001' }),
    ]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 422]);
  });
});

test('a server, a switch and an array go the same way to their end, and each drive has its certificate', async () => {
  const opened = await open(
    { serial: 'SRV-0001', drives: ['SSD-00001', 'SSD-00002'], model: 'R740', manufacturer: 'Dell' },
    { serial: 'SWI-0001', of: 'network', dataBearing: false },
  );
  expect(opened.status).toBe(201);
  const caseId = textIn(opened, 'caseId');
  const vendor = new TestVendor();
  const context = await contextWith(api.db, vendor);
  await assessCase(context, { caseId, generation: 1, now: Date.now() });
  const shown = await api.call('GET', `/api/v1/cases/${caseId}`, { as: 'viewer' });
  expect(shown.body).toMatchObject({ kind: 'retirement', personId: null, state: 'open' });
  const devices = listIn(opened, 'devices').map((one) => String(one['deviceId']));
  const bySerial = async (serial: string) =>
    (await api.db.selectFrom('devices').select('id').where('serial', '=', serial).executeTakeFirstOrThrow())
      .id;
  const [server, networkSwitch] = [await bySerial('SRV0001'), await bySerial('SWI0001')];
  for (const serial of ['SRV-0001', 'SWI-0001'])
    expect((await post('/intake-scans', { serial, site: 'dc-1' })).body['verdict']).toBe('returned');
  expect(await gates(networkSwitch)).toMatchObject({ wipe: 'not-applicable', return: 'satisfied' });
  expect(await gates(server)).toMatchObject({ 'data-handover': 'not-applicable', wipe: 'waiting' });
  const report = {
    level: 'purge',
    method: 'cryptographic erase',
    tool: 'Eraser 7',
    outcome: 'erased',
    date: '2026-01-01T10:00:00Z',
    contentType: 'text/plain',
    document: Buffer.from('report').toString('base64'),
  };
  await post(`/devices/${server}/sanitisation-reports`, { ...report, drives: ['ssd-00001'] });
  expect((await gates(server))['wipe']).toBe('waiting');
  await post(`/devices/${server}/sanitisation-reports`, { ...report, drives: ['SSD-00002'] });
  expect((await gates(server))['wipe']).toBe('satisfied');

  const pickupId = textIn(await create({ deviceIds: devices }), 'id');
  for (const serial of ['SRV-0001', 'SWI-0001']) expect(await scan(pickupId, serial)).toBe('match');
  expect((await confirm(pickupId)).status).toBe(200);
  const scannedAt = new Date().toISOString();
  vendor.scan = ['SRV0001', 'SWI0001'].map((serial) => ({ pickupId, serial, model: '', scannedAt }));
  await importVendorDocuments(context, { connector: 'itad', pickupId, what: 'scanned' });
  vendor.certificates = [
    certificate(pickupId, 'SWI-0001', { level: 'clear' }),
    certificate(pickupId, 'SSD-00001'),
  ];
  await importVendorDocuments(context, { connector: 'itad', pickupId, what: 'certificates' });
  expect([(await gates(server))['itad-handoff'], (await gates(networkSwitch))['itad-handoff']]).toEqual([
    'in-progress',
    'satisfied',
  ]);
  vendor.certificates = [certificate(pickupId, 'SSD-00001'), certificate(pickupId, 'SSD-00002')];
  await importVendorDocuments(context, { connector: 'itad', pickupId, what: 'certificates' });
  await importVendorDocuments(context, { connector: 'itad', pickupId, what: 'certificates' });
  expect((await gates(server))['itad-handoff']).toBe('satisfied');
  // A drive stands with its chassis, not beside it as a unit of nobody.
  const lists = await api.call('GET', `/api/v1/pickups/${pickupId}/reconciliation`, { as: 'viewer' });
  expect(
    listIn(lists, 'items').map(({ serial, certificates }) => [serial, (certificates as string[]).length]),
  ).toEqual([
    ['SRV0001', 2],
    ['SWI0001', 1],
  ]);
  // A drive of ours is no unmatched certificate.
  const unmatched = await api.db
    .selectFrom('exceptions')
    .select('code')
    .where('pickup_id', '=', pickupId)
    .execute();
  expect(unmatched).toEqual([]);

  const late = Date.now() + 90 * 86_400_000;
  for (const deviceId of devices) {
    await append(api.db, [
      {
        stream: deviceStream(deviceId),
        key: `closure.read-back:${deviceId}:1:now`,
        type: 'closure.read-back',
        actor: 'connector:snipeit',
        data: { epoch: 1, connector: 'snipeit', externalId: '1', matches: true, readAt: scannedAt },
      },
    ]);
    // So late that the judgement that closes it records a missed deadline as well: the last fact counts that one, too.
    await assessCustody(context, { deviceId, epoch: 1, now: late });
    const closed = await lastFact(api.db, deviceStream(deviceId), 'custody.closed');
    expect(closed.data.factCount).toBe(closed.seq);
    expect(await typesIn(api.db, deviceStream(deviceId))).toContain('deadline.breached');
  }
  await assessCase(context, { caseId, generation: 1, now: late });
  const ended = await api.call('GET', `/api/v1/cases/${caseId}`, { as: 'viewer' });
  expect(ended.body).toMatchObject({ state: 'completed', complete: true });
});

test('drives are said anew where they were swapped, and are in one chassis at a time', async () => {
  const opened = await open({ serial: 'SWAP-0001', drives: ['SWAP-D001'] }, { serial: 'SWAP-0002' });
  const caseId = textIn(opened, 'caseId');
  await assessCase(await contextWith(api.db, new TestVendor()), { caseId, generation: 1, now: Date.now() });
  const ids = listIn(opened, 'devices').map((one) => String(one['deviceId']));
  const [one, other] = [ids[0] ?? '', ids[1] ?? ''];
  expect(await post(`/devices/${other}/drives`, { drives: ['SWAP-D001'] })).toMatchObject({ status: 409 });
  expect((await post(`/devices/${one}/drives`, { drives: [] })).status).toBe(200);
  expect((await post(`/devices/${other}/drives`, { drives: ['SWAP-D001'] })).status).toBe(200);
});

describe('handback case open --kind retirement', () => {
  const run = (...args: readonly string[]) =>
    handback(['case', 'open', '--kind', 'retirement', ...args], {
      env: { HANDBACK_URL: api.url, HANDBACK_TOKEN: tokenOf('asset-manager') },
    });

  async function csv(text: string | Buffer): Promise<string> {
    const file = join(directory, 'rack.csv');
    await writeFile(file, text);
    return file;
  }

  test('takes one unit, or a file with a byte order mark', async () => {
    expect((await run('--serial', 'CLI-0001', '--drive', 'CLI-D001', '--of', 'storage')).out).toMatch(
      /^Opened case_\w+: CLI0001 \(dev_\w+\)\.\n$/u,
    );
    const file = await csv(
      '\ufeffserial,of,dataBearing,drives\nCLI-0002,network,no,\n00CLI3,server,,CLI-D002;CLI-D003\n',
    );
    expect((await run('--csv', file)).out).toMatch(/00CLI3 .*CLI0002|CLI0002 .*00CLI3/u);
    const drives = await api.db
      .selectFrom('device_drives')
      .select('serial')
      .where('serial', 'like', 'CLID%')
      .orderBy('serial')
      .execute();
    expect(drives.map(({ serial }) => serial)).toEqual(['CLID001', 'CLID002', 'CLID003']);
  });

  test('refuses a file as a whole, line by line, before anything is opened', async () => {
    const before = await counts();
    const bad = await run('--csv', await csv('serial,dataBearing\nGOOD-0001,yes\n1.23E+11,yes\n,maybe\n'));
    expect(bad.code).not.toBe(0);
    expect(bad.err).toContain('line 3: 1.23E+11 is a number that a spreadsheet has shortened');
    expect(bad.err).toContain('line 4: no serial');
    expect(bad.err).toContain('line 4: dataBearing is yes or no');
    expect((await run('--csv', await csv(Buffer.from([0x73, 0xff, 0xfe])))).err).toContain('not in UTF-8');
    expect((await run('--csv', await csv('serial,colour\nX-0001,red\n'))).err).toContain('names columns of');
    expect((await run()).err).toContain('exactly one of --serial or --csv');
    expect(await counts()).toEqual(before);
  });
});
