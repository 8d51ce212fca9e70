/** Holds that are placed at the very moment at which a custody opens. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from 'kysely';
import { deviceStream } from '../../src/domain/fact.ts';
import { normaliseSerial } from '../../src/domain/serial.ts';
import { openCustody, planCustody } from '../../src/store/custodies.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { placeHold } from '../../src/store/holds.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { leaverWith, typesIn } from '../api/support/facts.ts';
import { policy } from '../api/support/api.ts';
import { eventually } from '../support/engine/eventually.ts';
import { inForce } from '../support/postgres/in-force.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { testVault } from '../support/person-keys.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await testDatabase();
  db = openDatabase(database.url, { vault: testVault, connections: 5 });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const MATCHED = {
  manufacturer: 'Lenovo',
  model: 'ThinkPad T14',
  platform: 'windows',
  ownership: 'corporate',
  sightings: [],
  ambiguousIn: [],
} as const;

/** Whether somebody waits for a lock that another transaction has. */
async function isWaiting(): Promise<boolean> {
  const { rows } = await sql<{ waits: boolean }>`
    select exists (select from pg_locks join pg_database on pg_database.oid = pg_locks.database or pg_locks.database is null
      where not granted and datname = current_database()) as waits`.execute(db);
  return rows[0]?.waits === true;
}

test.each(['person', 'device'] as const)(
  'a hold on a %s and a custody that opens at the same moment meet',
  async (kind) => {
    const { personId, caseId } = await leaverWith(db, `MEET-${kind}-1`);
    const policyDigest = await inForce(db, policy);
    const owner = { caseId, generation: 1, personId, policy, policyDigest };
    const serial = normaliseSerial(`MEET-${kind}-2`);
    if (serial === null) throw new Error('no serial');
    const device = await inTransaction(db, (tx) => planCustody(tx, owner, { ...MATCHED, serial }));
    if (device === null) throw new Error('not planned');
    const opened = Promise.withResolvers<undefined>();
    const commit = Promise.withResolvers<undefined>();
    const opening = inTransaction(db, async (tx) => {
      await openCustody(tx, owner, device, new Date());
      opened.resolve(undefined);
      await commit.promise;
    });
    await opened.promise;
    const on =
      kind === 'person' ? { personId, deviceId: null } : { personId: null, deviceId: device.deviceId };
    let isPlaced = false;
    const placing = inTransaction(db, async (tx) => {
      await placeHold(tx, { kind: 'legal', ...on, reason: 'matter 12', by: 'token:x' }, new Date());
      isPlaced = true;
    });
    await eventually(
      'the hold to be placed, or to wait for the custody',
      async () => isPlaced || (await isWaiting()),
    );
    commit.resolve(undefined);
    await Promise.all([opening, placing]);
    expect(await typesIn(db, deviceStream(device.deviceId))).toContain('hold.placed');
  },
);
