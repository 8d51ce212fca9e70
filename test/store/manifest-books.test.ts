/** The books are asked about units of a manifest that discovery had found no record of, before somebody counts them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServiceNow as createSimulator } from '../../sandbox/servicenow/index.ts';
import { askBooks } from '../../src/activities/books-of-manifest.ts';
import type { EngineContext } from '../../src/activities/context.ts';
import { createServiceNow, ServiceNowSettings } from '../../src/adapters/inventory/servicenow/index.ts';
import { pickupStream } from '../../src/domain/fact.ts';
import { normaliseSerial } from '../../src/domain/serial.ts';
import { openCustody } from '../../src/store/custodies.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { newId } from '../../src/store/ids.ts';
import { recordCount } from '../../src/store/pickup-count.ts';
import { createPickup, lockPickup } from '../../src/store/pickups.ts';
import type { PickupUnit } from '../../src/store/pickups.ts';
import { openRetirement } from '../../src/store/retirements.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { policy } from '../api/support/api.ts';
import { lastFact } from '../api/support/facts.ts';
import { startVendor } from '../contract/support/sandbox.ts';
import type { VendorSandbox } from '../contract/support/sandbox.ts';
import { inForce } from '../support/postgres/in-force.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';

let database: TestDatabase;
let db: Database;
let books: VendorSandbox;

beforeAll(async () => {
  database = await testDatabase();
  db = openDatabase(database.url);
  books = await startVendor('servicenow', createSimulator);
});
afterAll(async () => {
  await books.stop();
  await db.destroy();
  await database.drop();
});

/** @param silent Whether a second inventory stands beside the books, and nobody answers there. */
function context(silent: boolean): EngineContext {
  const connected = (name: string, baseUrl: string) => {
    const settings = ServiceNowSettings.parse({
      baseUrl,
      auth: { type: 'basic', username: 'handback', password: 'servicenow-sandbox-password' },
    });
    return [name, { name, mode: 'enforce', port: createServiceNow(name, settings), reader: null }] as const;
  };
  const inventory = new Map([
    connected('books', books.url),
    ...(silent ? [connected('silent', 'http://127.0.0.1:9')] : []),
  ]);
  // What else a context holds, asking the books does not touch.
  return { db, connectors: { inventory }, clock: () => new Date() } as unknown as EngineContext;
}

async function pickupOf(...serials: readonly string[]): Promise<string> {
  const pickupId = newId('pickup');
  const now = new Date();
  const policyDigest = await inForce(db, policy);
  const units = await inTransaction(db, async (tx) => {
    const room = serials.map((text) => {
      const serial = normaliseSerial(text);
      if (serial === null) throw new Error(`${text} is no serial`);
      const retired = { of: 'server', dataBearing: false, drives: [] } as const;
      return { serial, retired, manufacturer: 'Dell', model: 'PowerEdge R740', assetTag: null };
    });
    const opened = await openRetirement(tx, room, 'user:assets', now);
    if (opened.kind === 'refused') throw new Error('the retirement was refused');
    const owner = { caseId: opened.caseId, generation: 1, personId: null, policy, policyDigest };
    const found = { platform: 'unknown', ownership: 'corporate', records: [] } as const;
    for (const device of opened.devices) await openCustody(tx, owner, { ...found, ...device }, now);
    const printed = { manufacturer: '', model: '', assetTag: '' };
    return opened.devices.map((device): PickupUnit => ({ ...device, ...printed }));
  });
  await inTransaction(db, (tx) =>
    createPickup(tx, { pickupId, connector: 'itad', site: 'dock', actor: 'user:assets', units }, now),
  );
  return pickupId;
}

async function counted(pickupId: string, serials: readonly string[]): Promise<readonly string[]> {
  const now = new Date();
  const result = await inTransaction(db, async (tx) => {
    const pickup = await lockPickup(tx, pickupId);
    if (pickup === null) throw new Error('no pickup');
    return recordCount(tx, pickup, serials, true, { actor: 'user:dock', exceptionsDueAt: now, policy }, now);
  });
  if (result.kind !== 'counted') throw new Error(result.kind);
  return result.count.differences.map(({ kind, serial }) => `${kind} ${serial}`);
}

async function add(serial: string): Promise<void> {
  await books.seed({
    people: [],
    devices: [
      {
        key: serial.toLowerCase(),
        serial,
        manufacturer: 'Dell',
        model: 'PowerEdge R740',
        platform: 'windows',
        ownership: 'corporate',
        assignedTo: null,
      },
    ],
  });
}

test('a record that was made since discovery is found, and only what has none differs at the count', async () => {
  await add('BOOKED0001');
  const pickupId = await pickupOf('BOOKED0001', 'UNBOOKED02');
  expect(await counted(pickupId, ['BOOKED0001', 'UNBOOKED02'])).toEqual([
    'not-in-inventory BOOKED0001',
    'not-in-inventory UNBOOKED02',
  ]);
  await askBooks(context(false), pickupId);
  expect((await lastFact(db, pickupStream(pickupId), 'pickup.books-asked')).data).toMatchObject({
    asked: 2,
    known: 1,
  });
  expect(await counted(pickupId, ['BOOKED0001', 'UNBOOKED02'])).toEqual(['not-in-inventory UNBOOKED02']);
});

test('an inventory that does not answer is no word that there is no record', async () => {
  const pickupId = await pickupOf('SILENCE001');
  await askBooks(context(true), pickupId);
  const line = await db
    .selectFrom('pickup_lines')
    .select(['in_inventory', 'inventory_asked_at'])
    .where('pickup_id', '=', pickupId)
    .executeTakeFirstOrThrow();
  expect(line).toEqual({ in_inventory: null, inventory_asked_at: null });
});
