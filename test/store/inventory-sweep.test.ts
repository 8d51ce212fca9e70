/** The sweep over an inventory: what others close there is read back, and what has left is said there, once. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLansweeper as createSimulator } from '../../sandbox/lansweeper/index.ts';
import { closeInventory } from '../../src/activities/closure.ts';
import type { EngineContext } from '../../src/activities/context.ts';
import { sweepInventory } from '../../src/activities/inventory-sweep.ts';
import type { ConnectorMode } from '../../src/adapters/connectors.ts';
import { createLansweeper, LansweeperSettings } from '../../src/adapters/inventory/lansweeper/index.ts';
import type { Inventory } from '../../src/adapters/inventory/port.ts';
import { createSql, SqlSettings } from '../../src/adapters/inventory/sql/index.ts';
import { deviceStream } from '../../src/domain/fact.ts';
import { announceCustody } from '../../src/store/custody-news.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { documentType, readDocument } from '../../src/store/documents.ts';
import { newId } from '../../src/store/ids.ts';
import { lockStream } from '../../src/store/held-streams.ts';
import { resolveException } from '../../src/store/exceptions.ts';
import { exceptionsOf } from '../../src/store/read/exceptions.ts';
import { append, leaverWith, lastFact, returned, typesIn, wiped } from '../api/support/facts.ts';
import type { Held } from '../api/support/facts.ts';
import { startVendor } from '../contract/support/sandbox.ts';
import type { VendorSandbox } from '../contract/support/sandbox.ts';
import { testVault } from '../support/person-keys.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';

let database: TestDatabase;
let db: Database;
let lansweeper: VendorSandbox;

beforeAll(async () => {
  database = await testDatabase();
  db = openDatabase(database.url, { vault: testVault });
  lansweeper = await startVendor('lansweeper', createSimulator);
});
beforeEach(() => lansweeper.reset());
afterAll(async () => {
  await lansweeper.stop();
  await db.destroy();
  await database.drop();
});

function contextOf(name: string, port: Inventory, mode: ConnectorMode = 'enforce'): EngineContext {
  // What else a context holds, the sweep does not touch.
  return {
    db,
    connectors: { inventory: new Map([[name, { name, mode, port, reader: null }]]) },
    clock: () => new Date(),
    crash: () => undefined,
    retryCapMs: 1000,
    peopleModes: [],
  } as unknown as EngineContext;
}

const sweep = (context: EngineContext, connector: string) =>
  sweepInventory(context, { connector }, () => undefined);

/** Wiped, back, and handed over on a confirmed pickup. */
async function handedOver(serial: string): Promise<Held> {
  const [held] = (await leaverWith(db, serial)).devices;
  if (held === undefined) throw new Error('no device');
  await wiped(db, held);
  await returned(db, held);
  const { deviceId, epoch } = held;
  const pickupId = newId('pickup');
  await db
    .insertInto('pickups')
    .values({
      id: pickupId,
      connector: 'itad',
      site: 'berlin',
      state: 'confirmed',
      reference: null,
      manifest_sent_at: null,
      created_by: 'token:t',
      confirmed_by: 'token:t',
      confirmed_at: new Date(),
    })
    .execute();
  await db
    .insertInto('pickup_lines')
    .values({
      pickup_id: pickupId,
      line: 1,
      device_id: deviceId,
      epoch,
      serial,
      manufacturer: 'Lenovo',
      model: 'T14',
      asset_tag: '',
      model_key: 't14',
      added_at: null,
      accepted_at: null,
      taken_off_at: null,
      taken_off_as: null,
    })
    .execute();
  const at = new Date().toISOString();
  const common = { stream: deviceStream(deviceId), actor: 'token:t' } as const;
  const key = (type: string) => `${type}:${deviceId}:${epoch}`;
  await append(db, [
    { ...common, key: key('m'), type: 'handoff.manifested', data: { epoch, pickupId, line: 1 } },
    {
      ...common,
      key: key('d'),
      type: 'handoff.scanned',
      data: { epoch, pickupId, by: 'dock', scannedAt: at },
    },
    {
      ...common,
      key: key('v'),
      type: 'handoff.scanned',
      data: { epoch, pickupId, by: 'vendor', scannedAt: at },
    },
    {
      ...common,
      key: key('t'),
      type: 'handoff.transferred',
      data: { epoch, pickupId, confirmedBy: 'token:t' },
    },
  ]);
  return held;
}

/** Certified, and let go of: only the books are left. */
async function certified({ deviceId, epoch }: Held): Promise<void> {
  const at = new Date().toISOString();
  const common = { stream: deviceStream(deviceId), actor: 'connector:itad' } as const;
  const released = (step: 'autopilot' | 'mdm-record') =>
    ({
      ...common,
      key: `release:${step}:${deviceId}`,
      type: 'release.read',
      data: { epoch, connector: 'intune', step, reading: 'released', readAt: at },
    }) as const;
  await append(db, [
    {
      ...common,
      key: `certified:${deviceId}`,
      type: 'handoff.certified',
      data: {
        epoch,
        pickupId: 'pick_one',
        certificateId: 'CERT-9',
        level: 'purge',
        method: 'crypto-erase',
        outcome: 'erased',
        status: 'issued',
        date: at,
        documentDigest: 'c'.repeat(64),
      },
    },
    released('autopilot'),
    released('mdm-record'),
  ]);
}

/** What the last read-back of that stream was read out of: the document that its fact names. */
async function answerIn(stream: string): Promise<unknown> {
  const fact = await lastFact(db, stream, 'closure.read-back');
  if (fact?.type !== 'closure.read-back') throw new Error('never read back');
  const digest = fact.data.answerDigest ?? '';
  expect(await documentType(db, digest)).toBe('application/json');
  return JSON.parse(String(await readDocument(db, null, digest)));
}

async function show({ deviceId, epoch }: Held): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await lockStream(tx, deviceStream(deviceId));
    await announceCustody(tx, deviceId, epoch, new Date());
  });
}

const wakes = async ({ deviceId, epoch }: Held) =>
  (
    await db
      .selectFrom('outbox')
      .select('workflow_id')
      .where('workflow_id', '=', `custody:${deviceId}:${epoch}`)
      .where('only_start', '=', false)
      .execute()
  ).length;

test('a record that others close is waited for, read again and again, and wakes its custody when it is closed', async () => {
  const held = await handedOver('SWEEP0001');
  await certified(held);
  const stream = deviceStream(held.deviceId);
  const device = {
    key: 'd',
    serial: held.serial,
    manufacturer: 'Lenovo',
    model: 'T14',
    platform: 'windows' as const,
  };
  await lansweeper.seed({ devices: [device] });
  const settings = LansweeperSettings.parse({
    baseUrl: lansweeper.url,
    token: 'lsp_lansweeper-sandbox-token',
    holder: { employeeNumber: 'Owner number' },
    states: { disposed: 'Disposed' },
    referenceField: 'Disposal certificate',
  });
  const context = contextOf('scans', createLansweeper('scans', settings));

  await closeInventory(context, { ...held, connector: 'scans' });
  expect(await lastFact(db, stream, 'closure.read-back')).toMatchObject({
    data: { matches: false, readOnly: true },
  });
  expect(await answerIn(stream)).toMatchObject({ assetCustom: { serialNumber: held.serial } });
  await show(held);
  expect(await exceptionsOf(db, [stream])).toEqual([]);
  const facts = await typesIn(db, stream);
  const before = await wakes(held);
  for (let times = 0; times < 3; times += 1)
    expect(await sweep(context, 'scans')).toEqual({ closed: 0, left: 0, entered: 0 });
  expect(await typesIn(db, stream)).toEqual(facts);

  await lansweeper.act('/assets/d/change', {
    state: 'Disposed',
    fields: { 'Disposal certificate': 'CERT-9' },
  });
  expect(await sweep(context, 'scans')).toEqual({ closed: 1, left: 0, entered: 0 });
  expect(await lastFact(db, stream, 'closure.read-back')).toMatchObject({ data: { matches: true } });
  expect(await answerIn(stream)).toMatchObject({
    assetCustom: { stateName: 'Disposed', fields: [{ value: 'CERT-9' }, { name: 'Owner number' }] },
  });
  expect(await wakes(held)).toBe(before + 1);
  expect(await sweep(context, 'scans')).toEqual({ closed: 0, left: 0, entered: 0 });
});

const TABLE =
  "create table if not exists assets_of_test (id text primary key, serial text, state text check (state <> 'BROKEN'), person text, certificate text)";

/** The company's own table, whose ids are those that discovery recorded. */
async function sqlBooks(serial: string, left: string, mode: ConnectorMode = 'enforce') {
  await sql.raw(TABLE).execute(db);
  await sql`insert into assets_of_test values (${`snipeit-${serial}`}, ${serial}, 'IN_USE', 'E-1', null)`.execute(
    db,
  );
  const settings = SqlSettings.parse({
    url: database.url,
    table: 'assets_of_test',
    columns: {
      id: 'id',
      serial: 'serial',
      state: 'state',
      holder: { employeeNumber: 'person' },
      reference: 'certificate',
    },
    states: { disposed: 'GONE', inStock: 'STOCK', left },
  });
  const row = async () => {
    const { rows } = await sql<{ state: string; person: string | null }>`
      select state, person from assets_of_test where serial = ${serial}`.execute(db);
    return rows[0];
  };
  const set = (state: string) =>
    sql`update assets_of_test set state = ${state} where serial = ${serial}`.execute(db);
  return { context: contextOf('snipeit', createSql('snipeit', settings), mode), row, set };
}

test('what has left with the vendor is said once, read back, and not said again when somebody changes it', async () => {
  const held = await handedOver('LEFT00001');
  const { context, row, set } = await sqlBooks(held.serial, 'CAGE');
  expect(await sweep(context, 'snipeit')).toEqual({ closed: 0, left: 1, entered: 0 });
  expect(await row()).toEqual({ state: 'CAGE', person: 'E-1' });
  expect(await lastFact(db, deviceStream(held.deviceId), 'inventory.left')).toMatchObject({
    data: { outcome: 'shown', connector: 'snipeit', externalId: 'snipeit-LEFT00001' },
  });
  await set('STOCK');
  expect(await sweep(context, 'snipeit')).toEqual({ closed: 0, left: 0, entered: 0 });
  expect(await row()).toMatchObject({ state: 'STOCK' });
});

test('nothing is written by a connector that only observes, nor over a record that has its end', async () => {
  const observed = await handedOver('LEFT00002');
  const books = await sqlBooks(observed.serial, 'CAGE', 'observe');
  expect(await sweep(books.context, 'snipeit')).toEqual({ closed: 0, left: 0, entered: 0 });
  expect(await books.row()).toMatchObject({ state: 'IN_USE' });
  await certified(observed);

  const ended = await handedOver('LEFT00003');
  const others = await sqlBooks(ended.serial, 'CAGE');
  await sql`update assets_of_test set state = 'GONE', person = null where serial = ${ended.serial}`.execute(
    db,
  );
  expect(await sweep(others.context, 'snipeit')).toEqual({ closed: 0, left: 1, entered: 0 });
  expect(await others.row()).toMatchObject({ state: 'GONE' });
  expect(await lastFact(db, deviceStream(ended.deviceId), 'inventory.left')).toMatchObject({
    data: { outcome: 'ended' },
  });
});

test('what the inventory refuses is an exception that holds up nothing, and is tried again on demand', async () => {
  const held = await handedOver('LEFT00004');
  const stream = deviceStream(held.deviceId);
  // The table refuses this word.
  const { context } = await sqlBooks(held.serial, 'BROKEN');
  for (let times = 0; times < 2; times += 1)
    expect(await sweep(context, 'snipeit')).toMatchObject({ left: 0 });
  const [exception, ...more] = await exceptionsOf(db, [stream]);
  expect(exception).toMatchObject({ code: 'status-not-changed', blocking: false, owner: 'asset-manager' });
  expect(more).toEqual([]);

  await sql`alter table assets_of_test drop constraint assets_of_test_state_check`.execute(db);
  expect(await sweep(context, 'snipeit')).toMatchObject({ left: 0 });
  const decided = { exceptionId: exception?.id ?? '', outcome: 'retry', reason: 'mended', by: 'somebody' };
  await db.transaction().execute((tx) => resolveException(tx, decided, new Date()));
  expect(await sweep(context, 'snipeit')).toMatchObject({ left: 1 });
});
