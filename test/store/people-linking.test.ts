import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { linkPerson, readIdentity } from '../../src/store/people.ts';
import type { LinkKey, PersonProfile } from '../../src/store/people.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { testVault } from '../support/person-keys.ts';

const NOBODY = { displayName: null, country: null, timeZone: null };

describe('keys that link accounts to people', () => {
  let database: TestDatabase;
  let db: Database;

  beforeAll(async () => {
    database = await testDatabase();
    db = openDatabase(database.url, { vault: testVault });
  });

  afterAll(async () => {
    await db?.destroy();
    await database?.drop();
  });

  beforeEach(async () => {
    await db.deleteFrom('person_links').execute();
    await db.deleteFrom('persons').execute();
  });

  function link(
    at: string,
    employeeNumber: string | null,
    workEmail: string | null,
    linkBy: readonly LinkKey[] = ['employeeNumber', 'workEmail'],
  ) {
    const [connector = '', externalId = ''] = at.split('/');
    const profile: PersonProfile = { ...NOBODY, employeeNumber, workEmail };
    return db
      .transaction()
      .execute((tx) =>
        linkPerson(tx, { connector, externalId, state: 'active', leaveAt: null }, profile, linkBy),
      );
  }

  async function numberOf(person: Awaited<ReturnType<typeof link>>): Promise<string | null> {
    if (typeof person !== 'string') throw new Error('nobody was linked');
    return (await readIdentity(db, person)).employeeNumber;
  }

  const ambiguous = (key: LinkKey) => ({ ambiguous: true, key });

  it('join accounts of two systems by the number, and by the e-mail where one side has no number', async () => {
    const ada = await link('okta/a', 'E1', 'ada@example.com');
    expect(await link('entra/a', 'E1', 'ADA@example.com')).toBe(ada);
    expect(await link('hr/a', null, 'ada@example.com')).toBe(ada);
  });

  it('do not take a new account with its own number for the leaver whose e-mail it was given', async () => {
    await link('okta/old', 'E2', 'sam@example.com');
    expect(await link('okta/new', 'E9', 'sam@example.com')).toEqual(ambiguous('employeeNumber'));
    expect(await db.selectFrom('person_links').selectAll().execute()).toHaveLength(1);
  });

  it('do not take the same number with another e-mail for the same person', async () => {
    await link('okta/a', 'E1', 'ada@example.com');
    expect(await link('entra/x', 'E1', 'bob@example.com')).toEqual(ambiguous('workEmail'));
  });

  it('do not choose between two people whom two keys find', async () => {
    await link('okta/a', 'E1', null);
    await link('okta/b', null, 'bob@example.com');
    expect(await link('entra/x', 'E1', 'bob@example.com')).toEqual(ambiguous('workEmail'));
  });

  it('join a second account at one connector by the first key alone', async () => {
    const ada = await link('okta/a', 'E1', 'ada@example.com');
    expect(await link('okta/admin', null, 'ada@example.com')).toEqual(ambiguous('employeeNumber'));
    expect(await link('okta/admin', 'E1', 'ada@example.com')).toBe(ada);
  });

  it.each(['0', '00000', 'N/A', 'none', ' Contractor ', 'TBD', 'EXTERNAL', ''])(
    'are not %j, which neither joins nor is kept',
    async (placeholder) => {
      const one = await link('okta/a', placeholder, 'ada@example.com');
      const other = await link('okta/b', placeholder, 'bob@example.com');
      expect(typeof other).toBe('string');
      expect(other).not.toBe(one);
      expect(await numberOf(one)).toBeNull();
    },
  );

  it('are not taken from another: the person stays without, and the account is noted as seen', async () => {
    await link('okta/a', 'E1', 'ada@example.com');
    const bob = await link('okta/b', null, 'bob@example.com');
    await db.updateTable('person_links').set({ state: 'suspended' }).execute();
    expect(await link('okta/b', 'E1', 'bob@example.com')).toEqual(ambiguous('employeeNumber'));
    expect(await numberOf(bob)).toBeNull();
    const seen = await db
      .selectFrom('person_links')
      .select('state')
      .where('external_id', '=', 'b')
      .executeTakeFirst();
    expect(seen).toEqual({ state: 'active' });
  });

  it('make no second person of a number when only e-mails link', async () => {
    await link('okta/a', 'E1', 'ada@example.com', ['workEmail']);
    expect(await link('okta/b', 'E1', 'bob@example.com', ['workEmail'])).toEqual(ambiguous('employeeNumber'));
  });

  it('may change on an account that is linked: it stays linked', async () => {
    const ada = await link('okta/a', 'E1', 'ada@example.com');
    await link('okta/b', 'E2', 'bob@example.com');
    expect(await link('okta/a', 'E2', 'married@example.com')).toBe(ada);
    expect(await numberOf(ada)).toBe('E1');
  });
});
