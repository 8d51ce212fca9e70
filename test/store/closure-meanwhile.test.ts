/** Somebody else's hand in the very moment of a closure, at each inventory that can be written: an exception, and then their decision. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServiceNow as simulateServiceNow } from '../../sandbox/servicenow/index.ts';
import { createSnipeit as simulateSnipeit } from '../../sandbox/snipeit/index.ts';
import { closeInventory } from '../../src/activities/closure.ts';
import type { EngineContext } from '../../src/activities/context.ts';
import type { Inventory } from '../../src/adapters/inventory/port.ts';
import { createServiceNow, ServiceNowSettings } from '../../src/adapters/inventory/servicenow/index.ts';
import { createSnipeit, SnipeitSettings } from '../../src/adapters/inventory/snipeit/index.ts';
import { createSql, SqlSettings } from '../../src/adapters/inventory/sql/index.ts';
import { deviceStream } from '../../src/domain/fact.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { resolveException } from '../../src/store/exceptions.ts';
import { readValuesOf } from '../../src/store/personal/values.ts';
import { exceptionsOf } from '../../src/store/read/exceptions.ts';
import { leaverWith, lastFact, typesIn } from '../api/support/facts.ts';
import { startSqlBooks } from '../contract/inventory/sql-books.ts';
import { startVendor } from '../contract/support/sandbox.ts';
import type { VendorSandbox } from '../contract/support/sandbox.ts';
import { testVault } from '../support/person-keys.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await testDatabase();
  db = openDatabase(database.url, { vault: testVault });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

interface Books {
  readonly sandbox: VendorSandbox;
  readonly port: Inventory;
  giveAway(key: string, to: string): Promise<unknown>;
}

async function snipeit(): Promise<Books> {
  const sandbox = await startVendor('snipeit', simulateSnipeit);
  const settings = { baseUrl: sandbox.url, token: 'snipeit-sandbox-token' };
  return {
    sandbox,
    port: createSnipeit('books', SnipeitSettings.parse(settings)),
    giveAway: (key, assignedTo) => sandbox.act(`/assets/${key}/change`, { assignedTo }),
  };
}

async function servicenow(): Promise<Books> {
  const sandbox = await startVendor('servicenow', simulateServiceNow);
  const auth = { type: 'basic', username: 'handback', password: 'servicenow-sandbox-password' };
  return {
    sandbox,
    port: createServiceNow('books', ServiceNowSettings.parse({ baseUrl: sandbox.url, auth })),
    giveAway: (key, assignedTo) => sandbox.act(`/assets/${key}/change`, { assignedTo }),
  };
}

async function sql(): Promise<Books> {
  const sandbox = await startSqlBooks();
  const settings = {
    url: sandbox.url,
    table: 'books.Assets',
    columns: {
      id: 'id',
      serial: 'serial_no',
      state: 'status',
      holder: { employeeNumber: 'person_no', workEmail: 'person_mail' },
      reference: 'Certificate',
    },
    states: { disposed: 'GONE', inStock: 'STOCK', inUse: 'IN_USE' },
  };
  return {
    sandbox,
    port: createSql('books', SqlSettings.parse(settings)),
    giveAway: (key, holder) => sandbox.change(key, { holder }),
  };
}

function contextOf(port: Inventory): EngineContext {
  // What else a context holds, closing does not touch.
  return {
    db,
    connectors: { inventory: new Map([['books', { name: 'books', mode: 'enforce', port, reader: null }]]) },
    clock: () => new Date(),
    crash: () => undefined,
    retryCapMs: 1000,
    peopleModes: [],
  } as unknown as EngineContext;
}

describe.each([
  ['snipeit', snipeit],
  ['servicenow', servicenow],
  ['sql', sql],
])('%s', (kind, start) => {
  let books: Books;
  beforeAll(async () => {
    books = await start();
  });
  afterAll(() => books.sandbox.stop());

  test('who got it between our look and our write keeps it, until somebody has decided', async () => {
    const serial = `MEANWHILE${kind.toUpperCase()}`;
    const { personId, devices } = await leaverWith(db, serial);
    const [held] = devices;
    if (held === undefined) throw new Error('no device');
    const { employeeNumber } = await readValuesOf(db, personId);
    const person = (key: string, externalId: string) => ({
      key,
      givenName: key,
      familyName: 'Person',
      workEmail: `${key}@example.com`,
      externalId,
    });
    const device = { manufacturer: 'Lenovo', model: 'T14', platform: 'windows' as const };
    await books.sandbox.seed({
      people: [person('leaver', employeeNumber ?? ''), person('heir', 'E-HEIR')],
      devices: [{ key: serial, serial, ...device, assignedTo: 'leaver' }],
    });
    // Just after the engine has looked whether somebody else has it, once.
    let given = false;
    const port: Inventory = {
      ...books.port,
      async findBySerial(wanted, asked, options) {
        const found = await books.port.findBySerial(wanted, asked, options);
        if (asked !== null && !given) await books.giveAway(serial, 'heir');
        given ||= asked !== null;
        return found;
      },
    };

    const order = { deviceId: held.deviceId, epoch: held.epoch, connector: 'books' };
    await closeInventory(contextOf(port), order);
    expect([given, await books.sandbox.effects()]).toEqual([true, []]);
    const stream = deviceStream(held.deviceId);
    const [exception, ...more] = await exceptionsOf(db, [stream]);
    expect(exception).toMatchObject({ code: 'closure-conflict', owner: 'asset-manager', resolved_at: null });
    expect(more).toEqual([]);
    expect(await typesIn(db, stream)).not.toContain('closure.read-back');

    const decided = { exceptionId: exception?.id ?? '', outcome: 'write', reason: 'looked', by: 'somebody' };
    await db.transaction().execute((tx) => resolveException(tx, decided, new Date()));
    await closeInventory(contextOf(port), order);
    expect(await lastFact(db, stream, 'closure.read-back')).toMatchObject({ data: { matches: true } });
  });
});
