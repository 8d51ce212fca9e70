/** Closing the books does not take an asset from somebody who got it meanwhile, until a person has looked. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServiceNow as createSimulator } from '../../sandbox/servicenow/index.ts';
import { closeInventory } from '../../src/activities/closure.ts';
import type { EngineContext } from '../../src/activities/context.ts';
import { createServiceNow, ServiceNowSettings } from '../../src/adapters/inventory/servicenow/index.ts';
import { deviceStream } from '../../src/domain/fact.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { resolveException } from '../../src/store/exceptions.ts';
import { exceptionsOf } from '../../src/store/read/exceptions.ts';
import { append, leaverWith, lastFact } from '../api/support/facts.ts';
import { startVendor } from '../contract/support/sandbox.ts';
import type { VendorSandbox } from '../contract/support/sandbox.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { testVault } from '../support/person-keys.ts';
import { readValuesOf } from '../../src/store/personal/values.ts';

let database: TestDatabase;
let db: Database;
let books: VendorSandbox;

beforeAll(async () => {
  database = await testDatabase();
  db = openDatabase(database.url, { vault: testVault });
  books = await startVendor('servicenow', createSimulator);
});
afterAll(async () => {
  await books.stop();
  await db.destroy();
  await database.drop();
});

function context(): EngineContext {
  const settings = ServiceNowSettings.parse({
    baseUrl: books.url,
    auth: { type: 'basic', username: 'handback', password: 'servicenow-sandbox-password' },
  });
  const connector = {
    name: 'books',
    mode: 'enforce',
    port: createServiceNow('books', settings),
    reader: null,
  };
  // What else a context holds, closing does not touch.
  return {
    db,
    connectors: { inventory: new Map([['books', connector]]) },
    clock: () => new Date(),
    crash: () => undefined,
    retryCapMs: 1000,
    peopleModes: [],
  } as unknown as EngineContext;
}

/** A leaver whose asset the books name an heir as holder of. */
async function givenAway(serial: string) {
  const { personId, devices } = await leaverWith(db, serial);
  const [held] = devices;
  if (held === undefined) throw new Error('no device');
  const { employeeNumber: externalId } = await readValuesOf(db, personId);
  const person = (key: string, number: string) => ({
    key,
    givenName: key,
    familyName: 'Person',
    workEmail: `${key}@example.com`,
    externalId: number,
  });
  await books.seed({
    people: [person('leaver', externalId ?? ''), person('heir', 'E-HEIR')],
    devices: [
      {
        key: serial,
        serial,
        manufacturer: 'Lenovo',
        model: 'T14',
        platform: 'windows',
        assignedTo: 'heir',
      },
    ],
  });
  const order = { deviceId: held.deviceId, epoch: held.epoch, connector: 'books' };
  return { order, stream: deviceStream(held.deviceId) };
}

test('an asset that another got since is an exception; decided, it is closed and read back', async () => {
  const { order, stream } = await givenAway('CLOSE0001');

  await closeInventory(context(), order);
  expect(await books.effects()).toEqual([]);
  const [exception, ...more] = await exceptionsOf(db, [stream]);
  expect(exception).toMatchObject({ code: 'closure-conflict', owner: 'asset-manager', resolved_at: null });
  expect(more).toEqual([]);

  const decided = { exceptionId: exception?.id ?? '', outcome: 'write', reason: 'a mistake', by: 'somebody' };
  await db.transaction().execute((tx) => resolveException(tx, decided, new Date()));
  await closeInventory(context(), order);
  expect(await books.effects('update')).toMatchObject([{ key: 'CLOSE0001', params: { assigned_to: '' } }]);
  expect(await lastFact(db, stream, 'closure.read-back')).toMatchObject({ data: { matches: true } });
});

test('whom two people have seen in the books, and approved, keeps nothing from being closed', async () => {
  const { order, stream } = await givenAway('CLOSE0002');
  const port = context().connectors.inventory.get('books')?.port;
  const [asset] = (await port?.findBySerial('CLOSE0002', null)) ?? [];
  const approved = (other: string) =>
    append(db, [
      {
        stream,
        key: `mismatch.approved:${other}`,
        type: 'mismatch.approved',
        actor: 'token:b',
        data: {
          epoch: order.epoch,
          decisionId: 'dcn_x',
          codes: ['holder-now-other'],
          actionHash: 'h',
          others: [{ connector: 'books', other }],
        },
      },
    ]);
  await approved('somebody-else');
  await closeInventory(context(), order);
  expect((await exceptionsOf(db, [stream])).map(({ code }) => code)).toEqual(['closure-conflict']);
  await db.deleteFrom('exceptions').where('stream', '=', stream).execute();
  await approved(asset?.holderExternalId ?? '');
  await closeInventory(context(), order);
  expect(await lastFact(db, stream, 'closure.read-back')).toMatchObject({ data: { matches: true } });
});
