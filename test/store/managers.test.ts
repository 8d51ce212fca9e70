import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { keepManager } from '../../src/store/managers.ts';
import { readNoticePeople } from '../../src/store/notice-people.ts';
import { linkPerson } from '../../src/store/people.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { testVault } from '../support/person-keys.ts';

let server: TestDatabase;
let db: Database;
beforeAll(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { vault: testVault, connections: 4 });
});
afterAll(async () => {
  await db.destroy();
  await server.drop();
});

/** A person with an account at the directory and a number at HR. */
async function person(key: string, state = 'active'): Promise<string> {
  const profile = {
    employeeNumber: `E-${key}`,
    workEmail: `${key}@work.example`,
    displayName: key,
    country: 'DE',
    timeZone: null,
  };
  const account = { connector: 'okta', externalId: `00u-${key}`, state, leaveAt: null };
  const id = await db.transaction().execute((tx) => linkPerson(tx, account, profile, ['employeeNumber']));
  if (typeof id !== 'string') throw new Error('ambiguous');
  return id;
}

const keep = (personId: string, connector: string, manager: string | null) =>
  db.transaction().execute((tx) => keepManager(tx, personId, connector, manager));
const managerOf = async (personId: string) =>
  (await readNoticePeople(db, personId)).manager?.personId ?? null;

test('a manager is found by the account at the same source, or by the number that HR gives', async () => {
  const [maya, ada, bo] = [await person('maya'), await person('ada'), await person('bo')];
  await keep(ada, 'okta', '00u-maya');
  await keep(bo, 'hr', 'E-maya');
  expect([await managerOf(ada), await managerOf(bo)]).toEqual([maya, maya]);
  // Ids of one source say nothing at another.
  const cleo = await person('cleo');
  await keep(cleo, 'entra', '00u-maya');
  expect(await managerOf(cleo)).toBeNull();
});

test('one who is not known, and no word at all, leave the last one known; nobody is their own', async () => {
  const [maya, dan] = [await person('maya'), await person('dan')];
  await keep(dan, 'okta', '00u-maya');
  await keep(dan, 'okta', '00u-nobody');
  await keep(dan, 'okta', null);
  await keep(dan, 'okta', '00u-dan');
  expect(await managerOf(dan)).toBe(maya);
});

test('a manager whose every account is off has gone', async () => {
  const [boss, eve] = [await person('boss', 'deactivated'), await person('eve')];
  await keep(eve, 'okta', '00u-boss');
  expect((await readNoticePeople(db, eve)).manager).toMatchObject({ personId: boss, gone: true });
  expect((await readNoticePeople(db, eve)).leaver).toMatchObject({ hasAddress: false, gone: false });
});
