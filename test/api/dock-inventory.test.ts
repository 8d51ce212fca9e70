/** The inventory is asked live about what was just scanned, and what it says otherwise keeps the pickup here until it is decided. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSnipeit as createSimulator } from '../../sandbox/snipeit/index.ts';
import { askInventory } from '../../src/activities/ask-inventory.ts';
import type { EngineContext } from '../../src/activities/context.ts';
import { importVendorDocuments } from '../../src/activities/pickup.ts';
import { createSnipeit, SnipeitSettings } from '../../src/adapters/inventory/snipeit/index.ts';
import { pickupStream } from '../../src/domain/fact.ts';
import { startVendor } from '../contract/support/sandbox.ts';
import type { VendorSandbox } from '../contract/support/sandbox.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { itemsIn, listIn, startApi } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { lastFact, leaverWith, returned, wiped } from './support/facts.ts';
import { pickupDesk } from './support/pickups.ts';
import { contextWith, TestVendor } from './support/vendor.ts';

const CONNECTORS = [
  { name: 'itad', kind: 'generic', port: 'disposition', mode: 'enforce' },
  { name: 'snipeit', kind: 'snipeit', port: 'inventory', mode: 'enforce' },
] as const;

let database: TestDatabase;
let api: TestApi;
let books: VendorSandbox;
let context: EngineContext;
/** Of the confirmation with the inventory's answers, milliseconds: raised by the test that is about it. */
let patience = 0;

beforeAll(async () => {
  database = await testDatabase();
  books = await startVendor('snipeit', createSimulator, { throttlePerMinute: 100_000 });
  api = await startApi(database.url, {
    connectors: CONNECTORS,
    get answerPatienceMs() {
      return patience;
    },
  });
  const settings = SnipeitSettings.parse({
    baseUrl: books.url,
    token: 'snipeit-sandbox-token',
    requestsPerSecond: 1000,
    burst: 1000,
  });
  const port = createSnipeit('snipeit', settings);
  const base = await contextWith(api.db, new TestVendor());
  context = {
    ...base,
    connectors: {
      ...base.connectors,
      inventory: new Map([['snipeit', { name: 'snipeit', mode: 'enforce', port, reader: null }]]),
    },
  };
});
beforeEach(() => books.reset());
afterAll(async () => {
  await api.stop();
  await books.stop();
  await database.drop();
});

const { create, pickupOf, scan, ask, count, confirm, look, resolve } = pickupDesk(() => api);
const live = () => askInventory(context, { connector: 'snipeit' });

interface Booked {
  readonly model?: string;
  readonly assignedTo?: string | null;
  readonly status?: string;
}

/** The records of the inventory, each held by nobody unless it is said. */
async function book(records: Readonly<Record<string, Booked>>): Promise<void> {
  await books.seed({
    people: [
      { key: 'heir', givenName: 'H', familyName: 'Eir', workEmail: 'heir@example.com', externalId: 'E-HEIR' },
    ],
    devices: Object.entries(records).map(([serial, { model = 'ThinkPad T14', assignedTo = null }]) => ({
      key: serial.toLowerCase(),
      serial,
      manufacturer: 'Lenovo',
      model,
      platform: 'windows',
      ownership: 'corporate',
      assignedTo,
    })),
  });
  for (const [serial, { status }] of Object.entries(records))
    if (status !== undefined) await books.act(`/assets/${serial}/change`, { status });
}

/** Kind and serial of whatever is open at a pickup. */
async function open(pickupId: string): Promise<readonly string[]> {
  return listIn(await look(pickupId), 'discrepancies')
    .filter(({ outcome, kind }) => outcome === null && kind !== 'missing')
    .map(({ kind, serial }) => `${String(kind)} ${String(serial)}`);
}

async function exceptionOf(pickupId: string, kind: string): Promise<Readonly<Record<string, unknown>>> {
  const exceptions = itemsIn(
    await api.call('GET', `/api/v1/exceptions?pickupId=${pickupId}&code=${kind}&state=all`, { as: 'viewer' }),
  );
  const last = exceptions.at(-1);
  if (last === undefined) throw new Error(`no exception ${kind}`);
  return last;
}

/** How often it was asked about a serial; another spelling of one is no other question. */
const asked = () => books.requests().filter((line) => /\/byserial\/[A-Z0-9]+\b(?!-)/u.test(line)).length;

describe('what the inventory says live of a unit on the manifest', () => {
  test('its record is gone: nothing is confirmed until somebody has decided it', async () => {
    await book({});
    const { pickupId } = await pickupOf('LIVE-GONE');
    expect(await scan(pickupId, 'LIVE-GONE')).toBe('match');
    expect(await open(pickupId)).toEqual([]);
    await live();
    expect(await open(pickupId)).toEqual(['count-not-in-inventory LIVEGONE']);
    expect(await exceptionOf(pickupId, 'count-not-in-inventory')).toMatchObject({
      owner: 'asset-manager',
      blocking: true,
    });
    expect(await confirm(pickupId)).toMatchObject({ status: 409, body: { code: 'pickup-discrepancies' } });
    // The count finds the same, and it is one exception.
    await count(pickupId, ['LIVE-GONE']);
    expect(await open(pickupId)).toEqual(['count-not-in-inventory LIVEGONE']);
    const { id } = await exceptionOf(pickupId, 'count-not-in-inventory');
    expect((await resolve(id, 'accepted-as-found')).status).toBe(200);
    await live();
    await scan(pickupId, 'LIVE-GONE');
    await live();
    expect(await open(pickupId)).toEqual([]);
    const signed = await confirm(pickupId);
    expect(signed).toMatchObject({ body: { code: 'pickup-not-signed' } });
  });

  test.each(['Disposed', 'Lost'])('it is %s', async (status) => {
    const serial = `LIVE-${status}`.toUpperCase();
    await book({ [serial]: { status } });
    const { pickupId } = await pickupOf(serial);
    await scan(pickupId, serial);
    await live();
    expect(await open(pickupId)).toEqual([`inventory-ended ${serial.replace('-', '')}`]);
    expect(await exceptionOf(pickupId, 'inventory-ended')).toMatchObject({
      reason: expect.stringContaining(`snipeit: ${status.toLowerCase()}`),
      owner: 'asset-manager',
    });
  });

  test('it is somebody else’s now, of whom nothing is kept', async () => {
    await book({ LIVEHEIR: { assignedTo: 'heir' } });
    const { pickupId } = await pickupOf('LIVE-HEIR');
    await scan(pickupId, 'LIVE-HEIR');
    await live();
    expect(await open(pickupId)).toEqual(['inventory-with-another LIVEHEIR']);
    const { id } = await exceptionOf(pickupId, 'inventory-with-another');
    expect(await resolve(id, 'held-back')).toMatchObject({ status: 200 });
    expect(listIn(await look(pickupId), 'lines')).toMatchObject([{ takenOffAs: 'held-back' }]);
    const facts = await api.db.selectFrom('facts').select('canonical').execute();
    expect(JSON.stringify(facts)).not.toContain('heir');
  });

  test('it names another model than it did at discovery', async () => {
    await book({ LIVEMODEL: { model: 'ThinkPad X1' } });
    const [asset] =
      (await context.connectors.inventory.get('snipeit')?.port.findBySerial('LIVEMODEL', null)) ?? [];
    const { devices } = await leaverWith(api.db, {
      serial: 'LIVE-MODEL',
      inventoryId: asset?.externalId ?? '',
    });
    for (const device of devices) {
      await wiped(api.db, device);
      await returned(api.db, device);
    }
    const made = await create({ deviceIds: devices.map(({ deviceId }) => deviceId) });
    const pickupId = String(made.body['id']);
    // Whoever looked at the unit found the manifest's model.
    expect(await scan(pickupId, 'LIVE-MODEL', 'ThinkPad T14')).toBe('match');
    await live();
    expect(await open(pickupId)).toEqual(['inventory-model-mismatch LIVEMODEL']);
    const { id } = await exceptionOf(pickupId, 'inventory-model-mismatch');
    await resolve(id, 'accepted-as-found');
    expect((await confirm(pickupId)).status).toBe(200);
  });

  test('it agrees: nothing is raised, and what an older answer had raised is settled', async () => {
    await book({});
    const { pickupId } = await pickupOf('LIVE-MADE', 'LIVE-FINE');
    await api.db
      .updateTable('pickup_lines')
      .set({ in_inventory: false, inventory_asked_at: new Date() })
      .where('pickup_id', '=', pickupId)
      .execute();
    await count(pickupId, ['LIVE-MADE', 'LIVE-FINE']);
    expect(await open(pickupId)).toEqual([
      'count-not-in-inventory LIVEFINE',
      'count-not-in-inventory LIVEMADE',
    ]);
    await book({ LIVEMADE: {} });
    await scan(pickupId, 'LIVE-MADE');
    await scan(pickupId, 'LIVE-FINE');
    await live();
    expect(await open(pickupId)).toEqual(['count-not-in-inventory LIVEFINE']);
    expect(await exceptionOf(pickupId, 'count-not-in-inventory')).toBeDefined();
    // Scanned again once its record is made, it is asked about again, and settled.
    await book({ LIVEFINE: {} });
    await scan(pickupId, 'LIVE-FINE');
    await live();
    expect(await open(pickupId)).toEqual([]);
    await count(pickupId, ['LIVE-MADE', 'LIVE-FINE']);
    expect(await open(pickupId)).toEqual([]);
    expect((await confirm(pickupId)).body).toMatchObject({ code: 'pickup-not-signed' });
  });
});

test('a record that is put right settles what the live answer had raised, once the unit is scanned again', async () => {
  await book({ LIVERIGHT: { status: 'Lost' } });
  const { pickupId } = await pickupOf('LIVE-RIGHT');
  await scan(pickupId, 'LIVE-RIGHT');
  await live();
  expect(await open(pickupId)).toEqual(['inventory-ended LIVERIGHT']);
  await books.act('/assets/LIVERIGHT/change', { status: 'Ready to Deploy' });
  await scan(pickupId, 'LIVE-RIGHT');
  await live();
  expect(await open(pickupId)).toEqual([]);
  expect(await exceptionOf(pickupId, 'inventory-ended')).toMatchObject({ outcome: 'inventory-agrees' });
  expect((await confirm(pickupId)).status).toBe(200);
});

test('a serial that nobody knew is known now: it is unlisted, no longer unrecorded', async () => {
  await book({ LIVEFOUND: {} });
  const { pickupId } = await pickupOf('LIVE-OWN');
  await count(pickupId, ['LIVE-OWN', 'LIVE-FOUND']);
  expect(await open(pickupId)).toEqual(['count-unrecorded LIVEFOUND']);
  expect(await scan(pickupId, 'LIVE-FOUND', 'Surface')).toBe('unexpected');
  await live();
  expect(await open(pickupId)).toEqual(['unexpected LIVEFOUND', 'count-unlisted LIVEFOUND']);
  await count(pickupId, ['LIVE-OWN', 'LIVE-FOUND']);
  expect(await open(pickupId)).toEqual(['unexpected LIVEFOUND', 'count-unlisted LIVEFOUND']);
});

describe('the asking', () => {
  test('is once for each serial, however often and by whomever it is scanned, and its answers are facts', async () => {
    await book({ LIVEONCE: {} });
    const { pickupId } = await pickupOf('LIVE-ONCE');
    const first = await api.call('POST', `/api/v1/pickups/${pickupId}/scans`, {
      as: 'dock',
      body: { serial: 'LIVE-ONCE' },
    });
    expect(listIn(first, 'scans')).toMatchObject([{ verdict: 'match', asking: true }]);
    await scan(pickupId, 'LIVE-ONCE');
    await live();
    await live();
    const again = await api.call('POST', `/api/v1/pickups/${pickupId}/scans`, {
      as: 'dock',
      body: { serial: 'live once' },
    });
    expect(listIn(again, 'scans')).toMatchObject([{ verdict: 'duplicate', asking: false }]);
    const vendor = new TestVendor();
    const line = {
      manufacturer: 'Lenovo',
      model: 'T14',
      scannedAt: new Date().toISOString(),
      scannedBy: 'c',
    };
    vendor.scan = [{ ...line, pickupId, serial: 'LIVE-ONCE' }];
    const { disposition } = (await contextWith(api.db, vendor)).connectors;
    await importVendorDocuments(
      { ...context, connectors: { ...context.connectors, disposition } },
      { connector: 'itad', pickupId, what: 'scanned' },
    );
    await live();
    expect(asked()).toBe(1);
    expect(await lastFact(api.db, pickupStream(pickupId), 'pickup.books-asked')).toMatchObject({
      actor: 'connector:snipeit',
      data: {
        connector: 'snipeit',
        asked: 1,
        known: 1,
        answers: [{ serial: 'LIVEONCE', known: true, differs: [] }],
      },
    });
  });

  test('is for what the vendor scanned first as well', async () => {
    await book({});
    const { pickupId } = await pickupOf('LIVE-THEIRS');
    const vendor = new TestVendor();
    const line = {
      manufacturer: 'Lenovo',
      model: 'T14',
      scannedAt: new Date().toISOString(),
      scannedBy: 'c',
    };
    vendor.scan = [{ ...line, pickupId, serial: 'LIVE-THEIRS' }];
    const { disposition } = (await contextWith(api.db, vendor)).connectors;
    const both = { ...context, connectors: { ...context.connectors, disposition } };
    for (let times = 0; times < 2; times += 1)
      await importVendorDocuments(both, { connector: 'itad', pickupId, what: 'scanned' });
    await live();
    expect(asked()).toBe(1);
    expect(await open(pickupId)).toEqual(['count-not-in-inventory LIVETHEIRS']);
  });

  test('goes on where a process ended: what was kept stays, the rest is asked again, and nothing twice over', async () => {
    await book({ LIVECUT1: {}, LIVECUT3: {} });
    const { pickupId } = await pickupOf('LIVE-CUT1', 'LIVE-CUT2', 'LIVE-CUT3');
    for (const serial of ['LIVE-CUT1', 'LIVE-CUT2', 'LIVE-CUT3']) await scan(pickupId, serial);
    // The second answer breaks off.
    await books.fault({
      match: { path: 'byserial/LIVECUT2' },
      fault: { type: 'status', status: 503 },
      times: 1,
    });
    await expect(live()).rejects.toMatchObject({ code: 'retryable' });
    expect(listIn(await inventory(pickupId), 'items')).toMatchObject([
      { serial: 'LIVECUT1', known: true, waiting: false },
      { serial: 'LIVECUT2', known: null, waiting: true, asOf: null },
      { serial: 'LIVECUT3', known: null, waiting: true },
    ]);
    await live();
    expect(asked()).toBe(4);
    expect(await open(pickupId)).toEqual(['count-not-in-inventory LIVECUT2']);
  });

  test('wakes one workflow, once for all that waits', async () => {
    await book({});
    const { pickupId } = await pickupOf('LIVE-WAKE1', 'LIVE-WAKE2', 'LIVE-WAKE3');
    await api.db.deleteFrom('outbox').execute();
    for (const serial of ['LIVE-WAKE1', 'LIVE-WAKE2', 'LIVE-WAKE3']) await scan(pickupId, serial);
    expect(await wakes()).toBe(1);
    await live();
    await scan(pickupId, 'LIVE-WAKE4');
    expect(await wakes()).toBe(2);
    await live();
  });
});

async function wakes(): Promise<number> {
  const rows = await api.db
    .selectFrom('outbox')
    .select('id')
    .where('workflow_id', '=', 'asking:snipeit')
    .execute();
  return rows.length;
}

const inventory = (pickupId: string, only = 'all') =>
  api.call('GET', `/api/v1/pickups/${pickupId}/inventory?only=${only}`, { as: 'dock' });

describe('an inventory that does not answer', () => {
  test('is taken for neither yes nor no: the pickup is confirmed without it, and shows what was not asked', async () => {
    await book({ LIVEDOWN: {} });
    const { pickupId } = await pickupOf('LIVE-DOWN');
    await books.fault({ fault: { type: 'down' } });
    await scan(pickupId, 'LIVE-DOWN');
    await expect(live()).rejects.toMatchObject({ code: 'retryable' });
    expect(await open(pickupId)).toEqual([]);
    expect((await look(pickupId)).body['inventory']).toMatchObject({
      asked: 1,
      waiting: 1,
      unanswered: 1,
      answeredAt: null,
      silent: [{ connector: 'snipeit', failure: 'retryable' }],
    });
    // It has failed to answer already, so nobody waits for it.
    patience = 600_000;
    expect(await confirm(pickupId)).toMatchObject({ status: 200, body: { lines: 1, unanswered: 1 } });
    patience = 0;
    expect(await lastFact(api.db, pickupStream(pickupId), 'pickup.confirmed')).toMatchObject({
      data: { lines: 1, unanswered: 1 },
    });
    expect((await ask(pickupId)).body).toMatchObject({ unanswered: 1 });
    // Nobody is asked about what has left.
    await live();
  });

  test('is waited for a while by the confirmation, which then goes by the answer', async () => {
    await book({});
    const { pickupId } = await pickupOf('LIVE-WAIT');
    await scan(pickupId, 'LIVE-WAIT');
    expect((await ask(pickupId)).body).toMatchObject({ code: 'pickup-not-counted' });
    patience = 600_000;
    const confirming = confirm(pickupId);
    await live();
    const answer = await confirming;
    patience = 0;
    expect(answer).toMatchObject({ status: 409, body: { code: 'pickup-discrepancies' } });
  });

  test('is not waited for longer than that', async () => {
    const { pickupId } = await pickupOf('LIVE-LATE');
    await scan(pickupId, 'LIVE-LATE');
    patience = 300;
    expect(await confirm(pickupId)).toMatchObject({ status: 200, body: { unanswered: 1 } });
    patience = 0;
  });
});

test('a pickup says since when the inventory’s word is, and a scan whether it is being asked', async () => {
  await book({ LIVESHOW: { status: 'Lost' } });
  const { pickupId } = await pickupOf('LIVE-SHOW');
  expect((await look(pickupId)).body['inventory']).toMatchObject({ asked: 0, answeredAt: null });
  await scan(pickupId, 'LIVE-SHOW');
  await live();
  expect((await look(pickupId)).body['inventory']).toMatchObject({ asked: 1, waiting: 0, unanswered: 0 });
  const [shown] = listIn(await inventory(pickupId, 'differing'), 'items');
  expect(shown).toMatchObject({
    serial: 'LIVESHOW',
    known: true,
    differences: [{ kind: 'inventory-ended' }],
  });
  const again = await api.call('POST', `/api/v1/pickups/${pickupId}/scans`, {
    as: 'dock',
    body: { serial: 'LIVE-SHOW' },
  });
  expect(listIn(again, 'scans')).toMatchObject([
    { verdict: 'duplicate', asking: true, known: { inInventory: true, inventoryAsOf: shown?.['asOf'] } },
  ]);
});
