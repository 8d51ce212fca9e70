import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { linkPerson, readIdentity } from '../../src/store/people.ts';
import type { LinkKey, PersonProfile } from '../../src/store/people.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { insertPerson } from './support/rows.ts';
import { testVault } from '../support/person-keys.ts';
import { writeValues } from '../../src/store/personal/values.ts';

let server: TestDatabase;
let db: Database;

beforeAll(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { vault: testVault, connections: 16 });
});

afterAll(async () => {
  await db.destroy();
  await server.drop();
});

const BOTH: readonly LinkKey[] = ['employeeNumber', 'workEmail'];
const nothing: PersonProfile = {
  employeeNumber: null,
  workEmail: null,
  displayName: null,
  country: null,
  timeZone: null,
};

async function link(connector: string, externalId: string, profile: Partial<PersonProfile>, linkBy = BOTH) {
  const account = { connector, externalId, state: 'active', leaveAt: null };
  return db.transaction().execute((tx) => linkPerson(tx, account, { ...nothing, ...profile }, linkBy));
}

/** The id; fails where nobody could be told. */
function idOf(found: Awaited<ReturnType<typeof link>>): string {
  if (typeof found !== 'string') throw new Error('nobody was told');
  return found;
}

async function shareEmail(email: string): Promise<void> {
  for (const _ of [1, 2]) {
    const id = await insertPerson(db);
    await db.transaction().execute((tx) => writeValues(tx, id, { workEmail: email }));
  }
}

describe('linkPerson', () => {
  test('makes one person of one account, however many link it at once', async () => {
    const ids = await Promise.all(
      Array.from({ length: 40 }, () => link('okta', 'same', { employeeNumber: '1' })),
    );
    expect(new Set(ids).size).toBe(1);
  });

  test('makes one person of the accounts of one employee at several sources, linked at once', async () => {
    const ids = await Promise.all(
      ['okta', 'entra', 'hr', 'okta-2', 'entra-2', 'hr-2'].map((connector) =>
        link(connector, 'x', { employeeNumber: '2', workEmail: 'two@example.com' }),
      ),
    );
    expect(new Set(ids).size).toBe(1);
    const { accounts } = await readIdentity(db, idOf(ids[0] ?? ''));
    expect(accounts).toHaveLength(6);
  });

  test('an account once linked stays with its person, whatever its profile says later', async () => {
    const first = await link('okta', 'kept', { employeeNumber: '3', workEmail: 'three@example.com' });
    const other = await link('okta', 'other', { employeeNumber: '4', workEmail: 'four@example.com' });
    expect(other).not.toBe(first);
    expect(await link('okta', 'kept', { workEmail: 'four@example.com' })).toBe(first);
  });

  test('keys that name two different people link nobody', async () => {
    await link('hr', 'n5', { employeeNumber: '5', workEmail: 'five@example.com' });
    const six = await link('hr', 'n6', { employeeNumber: '6', workEmail: 'six@example.com' });
    expect(await link('okta', 'a56', { employeeNumber: '5', workEmail: 'six@example.com' })).toMatchObject({
      ambiguous: true,
    });
    expect(await link('okta', 'b56', { workEmail: 'six@example.com' }, ['workEmail'])).toBe(six);
  });

  test('a mail address that was given to somebody new links nobody: the employee number says it is another', async () => {
    await link('hr', 'left', { employeeNumber: '60', workEmail: 'desk@example.com' });
    const found = await link('hr', 'joined', { employeeNumber: '61', workEmail: 'desk@example.com' });
    expect(found).toMatchObject({ ambiguous: true });
  });

  test('mail addresses match whatever their case; employee numbers only as they are', async () => {
    const person = await link('hr', 'n7', { employeeNumber: 'ab7', workEmail: 'Seven@Example.com' });
    expect(await link('okta', 'n7', { workEmail: 'sEVEN@example.COM' })).toBe(person);
    expect(await link('okta', 'n7b', { employeeNumber: 'AB7' })).not.toBe(person);
  });

  test('two people with the key that should tell them apart: nobody is linked, and nobody new is made', async () => {
    await shareEmail('shared@example.com');
    const before = await db.selectFrom('persons').select('id').execute();
    expect(await link('okta', 'who', { workEmail: 'Shared@example.com' })).toEqual({
      ambiguous: true,
      key: 'workEmail',
    });
    expect(await db.selectFrom('persons').select('id').execute()).toHaveLength(before.length);
    expect(
      await db.selectFrom('person_links').select('person_id').where('external_id', '=', 'who').execute(),
    ).toEqual([]);
  });

  test('a profile without keys is somebody new, not the person whose keys are missing too', async () => {
    const one = await link('okta', 'blank-1', { workEmail: '' });
    expect(await link('okta', 'blank-2', { workEmail: '' })).not.toBe(one);
  });

  test('a later source fills what an earlier one did not know, and nothing is lost to one that knows less', async () => {
    const person = idOf(await link('okta', 'fill', { workEmail: 'fill@example.com' }));
    await link('hr', 'fill', { workEmail: 'fill@example.com', employeeNumber: '80' });
    await link('okta', 'fill', {});
    expect(await readIdentity(db, person)).toMatchObject({
      workEmail: 'fill@example.com',
      employeeNumber: '80',
    });
  });

  test('a profile that takes another person’s employee number is ambiguous, and takes nothing', async () => {
    const owner = idOf(await link('hr', 'owner', { employeeNumber: '90' }));
    const person = idOf(await link('okta', 'taker', { workEmail: 'taker@example.com' }));
    expect(await link('okta', 'taker', { employeeNumber: '90' })).toEqual({
      ambiguous: true,
      key: 'employeeNumber',
    });
    expect((await readIdentity(db, person)).employeeNumber).toBeNull();
    expect((await readIdentity(db, owner)).employeeNumber).toBe('90');
  });

  test('somebody new with another person’s employee number is ambiguous, also where accounts are linked by mail alone', async () => {
    await link('hr', 'holder', { employeeNumber: '91' });
    const found = await link('okta', 'newcomer', { employeeNumber: '91', workEmail: 'new@example.com' }, [
      'workEmail',
    ]);
    expect(found).toEqual({ ambiguous: true, key: 'employeeNumber' });
  });
});
