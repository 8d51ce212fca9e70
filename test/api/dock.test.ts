/** The dock: substitutions, decisions with an effect, the count, the signatures, and which list names what. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bookPickup, importVendorDocuments } from '../../src/activities/pickup.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { itemsIn, listIn, startApi, textIn } from './support/api.ts';
import type { Answer, TestApi } from './support/api.ts';
import { pickupDesk } from './support/pickups.ts';
import { TestVendor, certificate, contextWith } from './support/vendor.ts';

const CONNECTORS = [
  { name: 'itad', kind: 'generic', port: 'disposition', mode: 'enforce' },
  { name: 'snipeit', kind: 'snipeit', port: 'inventory', mode: 'enforce' },
] as const;

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url, { connectors: CONNECTORS });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const { ready, create, pickupOf, scan, ask, count, confirm, look, resolve, types } = pickupDesk(() => api);

const as = 'asset-manager';
const post = (path: string, body: object, role: 'dock' | 'asset-manager' | 'admin' = 'dock') =>
  api.call('POST', `/api/v1${path}`, { as: role, body });

/** Kind and serial of whatever keeps a pickup here. */
function differences(answer: Answer): readonly unknown[] {
  return listIn(answer, 'discrepancies').map(({ kind, serial }) => [kind, serial]);
}

async function exceptionOf(pickupId: string, kind: string, serial: string): Promise<string> {
  const { exception_id: id } = await api.db
    .selectFrom('pickup_discrepancies')
    .select('exception_id')
    .where('pickup_id', '=', pickupId)
    .where('kind', '=', kind)
    .where('serial', '=', serial)
    .executeTakeFirstOrThrow();
  return id;
}

describe('a scan', () => {
  test('of another unit that wears the sticker of one on the manifest is a substitution', async () => {
    const { pickupId } = await pickupOf('STICK-01', 'STICK-02');
    const line = listIn(await look(pickupId), 'lines').find(({ serial }) => serial === 'STICK02');
    const answer = await post(`/pickups/${pickupId}/scans`, {
      serial: 'SWAPPED-9',
      assetTag: line?.['assetTag'],
    });
    expect(listIn(answer, 'scans')).toMatchObject([
      { verdict: 'substituted', serial: 'SWAPPED9', line: line?.['line'], known: null },
    ]);
    expect(differences(await ask(pickupId))).toEqual([
      ['missing', 'STICK01'],
      ['substituted', 'SWAPPED9'],
    ]);
  });

  test('of a model of which one unit alone is left to scan is a substitution; of which many are, unexpected', async () => {
    const { pickupId } = await pickupOf('MODEL-01', 'MODEL-02', 'MODEL-03');
    expect(await scan(pickupId, 'OTHER-1', 'ThinkPad T14')).toBe('unexpected');
    await scan(pickupId, 'MODEL-01');
    await scan(pickupId, 'MODEL-02');
    expect(await scan(pickupId, 'OTHER-2', 'ThinkPad T14')).toBe('substituted');
    expect(await scan(pickupId, 'OTHER-3', 'Surface')).toBe('unexpected');
  });

  test('is told what the records know of the serial, other pickups too', async () => {
    const first = await pickupOf('KNOWN-01');
    const second = await pickupOf('KNOWN-02', 'KNOWN-03');
    const answer = await post(`/pickups/${second.pickupId}/scans`, {
      scans: [{ serial: 'KNOWN-01' }, { serial: 'KNOWN-02' }, { serial: 'NOBODY-77' }],
    });
    expect(listIn(answer, 'scans')).toMatchObject([
      { verdict: 'unexpected', known: { onPickup: first.pickupId, custody: 'open', inInventory: true } },
      { verdict: 'match', known: { onPickup: null, model: 'ThinkPad T14' } },
      { verdict: 'unexpected', known: null },
    ]);
  });

  test('comes as a file as well, with or without headers, and a column that nobody knows is refused', async () => {
    const { pickupId } = await pickupOf('FILE-01', 'FILE-02');
    const path = `/pickups/${pickupId}/scans`;
    const headed = await post(path, { csv: '\uFEFFmodel;serial\nThinkPad T14;FILE-01\nSurface;FILE-02\n' });
    expect(listIn(headed, 'scans').map(({ verdict }) => verdict)).toEqual(['match', 'model-mismatch']);
    const bare = await post(path, { csv: 'FILE-02,ThinkPad T14\r\n\r\nFILE-01\r\n' });
    expect(listIn(bare, 'scans').map(({ verdict }) => verdict)).toEqual(['match', 'duplicate']);
    expect(await post(path, { csv: 'serial,colour\nFILE-01,red\n' })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'body.csv', message: 'column 2 is none of serial, model, assetTag' }] },
    });
  });
});

describe('a decision on the dock', () => {
  test('takes one of three outcomes, and only where it can have its effect', async () => {
    const { pickupId } = await pickupOf('OUTCOME-01');
    await ask(pickupId);
    const missing = await exceptionOf(pickupId, 'missing', 'OUTCOME01');
    for (const outcome of ['accepted-as-found', 'set-aside'])
      expect(await resolve(missing, outcome)).toMatchObject({
        status: 409,
        body: {
          code: 'outcome-not-fitting',
          errors: [{ message: 'one of taken-off-manifest, held-back' }],
        },
      });
    const path = `/api/v1/exceptions/${missing}/resolve`;
    const body = { outcome: 'held-back', reason: 'not on the pallet' };
    expect((await api.call('POST', path, { as: 'dock', body })).status).toBe(403);
  });

  test('taken off the manifest: the vendor is told, the unit may go with the next pickup', async () => {
    const { pickupId, devices } = await pickupOf('OFF-01', 'OFF-02');
    const vendor = new TestVendor();
    const context = await contextWith(api.db, vendor);
    await bookPickup(context, { pickupId });
    await scan(pickupId, 'OFF-01');
    await ask(pickupId);
    const off = devices.find(({ serial }) => serial === 'OFF02');
    await resolve(await exceptionOf(pickupId, 'missing', 'OFF02'), 'taken-off-manifest');
    await bookPickup(context, { pickupId });
    await bookPickup(context, { pickupId });
    expect(
      (await types(`pickup:${pickupId}`)).filter((type) => type === 'pickup.manifest-sent'),
    ).toHaveLength(2);
    expect((await types(`device:${off?.deviceId ?? ''}`)).at(-1)).toBe('handoff.unmanifested');
    const device = await api.call('GET', `/api/v1/devices/${off?.deviceId ?? ''}`, { as: 'viewer' });
    expect(JSON.stringify(device.body)).toContain('not-on-a-pickup');
    expect((await create({ deviceIds: [off?.deviceId] })).status).toBe(201);
    expect(await confirm(pickupId)).toMatchObject({ status: 200, body: { lines: 1 } });
  });

  test('held back: no pickup takes the unit until somebody has looked into it', async () => {
    const { pickupId, devices } = await pickupOf('HELD-01', 'HELD-02');
    await scan(pickupId, 'HELD-01');
    await scan(pickupId, 'HELD-02', 'Surface');
    const held = devices.find(({ serial }) => serial === 'HELD02');
    await resolve(await exceptionOf(pickupId, 'model-mismatch', 'HELD02'), 'held-back');
    expect(await confirm(pickupId)).toMatchObject({ status: 200, body: { lines: 1 } });
    expect(await create({ deviceIds: [held?.deviceId] })).toMatchObject({
      status: 409,
      body: { errors: [{ message: 'held-back' }] },
    });
    const [open] = itemsIn(
      await api.call('GET', `/api/v1/exceptions?deviceId=${held?.deviceId ?? ''}&code=held-back-at-dock`, {
        as,
      }),
    );
    expect(open).toMatchObject({ owner: 'asset-manager', blocking: true, gate: 'itad-handoff' });
    await resolve(open?.['id'], 'looked-at');
    expect((await create({ deviceIds: [held?.deviceId] })).status).toBe(201);
  });

  test('accepted as found: a unit that is wiped and back goes in the place of the one that is not there', async () => {
    const { devices: found } = await ready('FOUND-01');
    const { pickupId, devices } = await pickupOf('GONE-01', 'GONE-02');
    await scan(pickupId, 'GONE-01');
    expect(await scan(pickupId, 'FOUND-01')).toBe('substituted');
    const id = await exceptionOf(pickupId, 'substituted', 'FOUND01');
    expect((await resolve(id, 'accepted-as-found')).status).toBe(200);
    expect(await confirm(pickupId)).toMatchObject({ status: 200, body: { lines: 2 } });
    const handedOver = async (deviceId = '') =>
      (await types(`device:${deviceId}`)).includes('handoff.transferred');
    const gone = devices.find(({ serial }) => serial === 'GONE02');
    expect([await handedOver(found[0]?.deviceId), await handedOver(gone?.deviceId)]).toEqual([true, false]);
  });

  test('accepted as found is refused for what is not wiped, or is nobody’s', async () => {
    const { pickupId } = await pickupOf('REFUSE-01');
    await scan(pickupId, 'STRANGE-404');
    const id = await exceptionOf(pickupId, 'unexpected', 'STRANGE404');
    expect(await resolve(id, 'accepted-as-found')).toMatchObject({
      status: 409,
      body: { code: 'found-not-ready', errors: [{ message: 'unknown-serial' }] },
    });
  });
});

describe('the physical count', () => {
  test('comes before the confirmation, and each difference is an exception with an owner', async () => {
    const { pickupId } = await pickupOf('COUNT-01', 'COUNT-02');
    const { pickupId: other } = await pickupOf('COUNT-99');
    for (const serial of ['COUNT-01', 'COUNT-02']) await scan(pickupId, serial);
    expect(await ask(pickupId)).toMatchObject({ status: 409, body: { code: 'pickup-not-counted' } });

    const counted = await count(pickupId, ['COUNT-01', 'count 01', 'COUNT-99', 'UNKNOWN-5']);
    expect(counted).toMatchObject({ status: 200, body: { units: 3 } });
    expect(listIn(counted, 'differences').map(({ kind, serial }) => [kind, serial])).toEqual([
      ['missing', 'COUNT02'],
      ['unlisted', 'COUNT99'],
      ['unrecorded', 'UNKNOWN5'],
    ]);
    expect(differences(await ask(pickupId))).toEqual([
      ['count-missing', 'COUNT02'],
      ['count-unlisted', 'COUNT99'],
      ['count-unrecorded', 'UNKNOWN5'],
    ]);
    expect(
      await resolve(await exceptionOf(pickupId, 'count-unlisted', 'COUNT99'), 'accepted-as-found'),
    ).toMatchObject({ status: 409, body: { errors: [{ message: 'on-a-pickup' }] } });
    expect((await look(other)).body['state']).toBe('draft');

    // Counted again, what is there now is settled; what is not stays.
    await count(pickupId, ['COUNT-01', 'COUNT-02', 'UNKNOWN-5']);
    expect(differences(await ask(pickupId))).toEqual([['count-unrecorded', 'UNKNOWN5']]);
    await resolve(await exceptionOf(pickupId, 'count-unrecorded', 'UNKNOWN5'), 'held-back');
    expect(await ask(pickupId)).toMatchObject({ status: 409, body: { code: 'pickup-not-signed' } });
    // And a third time it asks nothing again that was decided.
    expect((await count(pickupId, ['COUNT-01', 'COUNT-02', 'UNKNOWN-5'])).status).toBe(200);
    expect(await ask(pickupId)).toMatchObject({ status: 409, body: { code: 'pickup-not-signed' } });
  });

  test('a unit that the inventory has no record of is a difference', async () => {
    const { pickupId, devices } = await pickupOf('BOOKS-01');
    const { deviceId = '', epoch = 1 } = devices[0] ?? {};
    const { countDifferences } = await import('../../src/store/pickup-count.ts');
    const line = { line: 1, deviceId, epoch, serial: 'BOOKS01', model: '', leaving: true, accepted: false };
    const known = {
      deviceId,
      manufacturer: null,
      model: null,
      assetTag: null,
      custody: 'open',
      inventoryAsOf: null,
      onPickup: null,
    } as const;
    const records = new Map([['BOOKS01', { ...known, inInventory: false }]]);
    const told = (hasInventory: boolean) =>
      countDifferences(new Set(['BOOKS01']), [line], records, hasInventory).map(({ kind }) => kind);
    expect([told(true), told(false)]).toEqual([['not-in-inventory'], []]);
    expect((await look(pickupId)).status).toBe(200);
  });

  test('a text that cannot be a serial is refused, with its place', async () => {
    const { pickupId } = await pickupOf('BADCOUNT-01');
    expect(await count(pickupId, ['BADCOUNT-01', '???'])).toMatchObject({
      status: 422,
      body: { code: 'serial-unreadable', errors: [{ path: 'body.serials.1' }] },
    });
  });
});

test('which lists name a serial, page by page', async () => {
  const { pickupId } = await pickupOf('LISTS-01', 'LISTS-02', 'LISTS-03');
  for (const serial of ['LISTS-01', 'LISTS-02']) await scan(pickupId, serial);
  await ask(pickupId);
  await resolve(await exceptionOf(pickupId, 'missing', 'LISTS03'), 'taken-off-manifest');
  await confirm(pickupId);
  const vendor = new TestVendor();
  const line = { pickupId, model: '', scannedAt: '2026-01-02T10:00:00.000Z' };
  const received = {
    pickupId,
    manufacturer: '',
    model: '',
    receivedAt: line.scannedAt,
    facility: 'Halle',
    condition: '',
  };
  vendor.scan = ['LISTS-01', 'LISTS-02'].map((serial) => ({ ...line, serial }));
  vendor.receipt = ['LISTS-01', 'LISTS-99'].map((serial) => ({ ...received, serial }));
  vendor.certificates = [certificate(pickupId, 'LISTS-01'), certificate(pickupId, 'LISTS-77')];
  const context = await contextWith(api.db, vendor);
  for (const what of ['scanned', 'receipt', 'certificates'] as const)
    await importVendorDocuments(context, { connector: 'itad', pickupId, what });

  const seen: Readonly<Record<string, unknown>>[] = [];
  let path = `/api/v1/pickups/${pickupId}/reconciliation?limit=2`;
  for (;;) {
    const page = await api.call('GET', path, { as: 'dock' });
    seen.push(...itemsIn(page));
    if (page.body['next'] === null) break;
    path = `/api/v1/pickups/${pickupId}/reconciliation?limit=2&cursor=${textIn(page, 'next')}`;
  }
  expect(
    seen.map(
      ({
        serial,
        line: number,
        dockVerdict,
        vendorScannedAt,
        received: isReceived,
        certificates,
        agrees,
      }) => [
        serial,
        number !== null,
        dockVerdict,
        vendorScannedAt !== null,
        isReceived,
        (certificates as readonly string[]).length,
        agrees,
      ],
    ),
  ).toEqual([
    ['LISTS01', true, 'match', true, true, 1, true],
    ['LISTS02', true, 'match', true, false, 0, false],
    ['LISTS03', true, null, false, false, 0, false],
    ['LISTS77', false, null, false, false, 1, false],
    ['LISTS99', false, null, false, true, 0, false],
  ]);
  const differing = await api.call('GET', `/api/v1/pickups/${pickupId}/reconciliation?only=differing`, {
    as,
  });
  expect(itemsIn(differing)).toHaveLength(4);
});
