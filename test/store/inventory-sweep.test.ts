/** The sweep over an inventory: what others close there is read back, and what has left is said there, once. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLansweeper as createSimulator } from '../../sandbox/lansweeper/index.ts';
import { closeInventory } from '../../src/activities/closure.ts';
import type { EngineContext } from '../../src/activities/context.ts';
import { sweepInventory } from '../../src/activities/inventory-sweep.ts';
import { createLansweeper, LansweeperSettings } from '../../src/adapters/inventory/lansweeper/index.ts';
import { deviceStream } from '../../src/domain/fact.ts';
import { announceCustody } from '../../src/store/custody-news.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { documentType, readDocument } from '../../src/store/documents.ts';
import { lockStream } from '../../src/store/held-streams.ts';
import { resolveException } from '../../src/store/exceptions.ts';
import { exceptionsOf } from '../../src/store/read/exceptions.ts';
import { lastFact, typesIn } from '../api/support/facts.ts';
import type { Held } from '../api/support/facts.ts';
import { startVendor } from '../contract/support/sandbox.ts';
import type { VendorSandbox } from '../contract/support/sandbox.ts';
import { testVault } from '../support/person-keys.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { certified, contextOf, handedOver, sqlBooks } from './support/leaving-books.ts';

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

const server = () => ({ db, url: database.url });

const sweep = (context: EngineContext, connector: string) =>
  sweepInventory(context, { connector }, () => undefined);

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
  const held = await handedOver(db, 'SWEEP0001');
  await certified(db, held);
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
  const context = contextOf(db, 'scans', createLansweeper('scans', settings));

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

test('what has left with the vendor is said once, read back, and not said again when somebody changes it', async () => {
  const held = await handedOver(db, 'LEFT00001');
  const { context, row, set } = await sqlBooks(server(), held.serial, 'CAGE');
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
  const observed = await handedOver(db, 'LEFT00002');
  const books = await sqlBooks(server(), observed.serial, 'CAGE', 'observe');
  expect(await sweep(books.context, 'snipeit')).toEqual({ closed: 0, left: 0, entered: 0 });
  expect(await books.row()).toMatchObject({ state: 'IN_USE' });
  await certified(db, observed);

  const ended = await handedOver(db, 'LEFT00003');
  const others = await sqlBooks(server(), ended.serial, 'CAGE');
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
  const held = await handedOver(db, 'LEFT00004');
  const stream = deviceStream(held.deviceId);
  // The table refuses this word.
  const { context } = await sqlBooks(server(), held.serial, 'BROKEN');
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
