import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chmodSync, statSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { linkPerson } from '../../src/store/people.ts';
import { NoPersonKeys } from '../../src/store/personal/attached-vault.ts';
import {
  createPersonKeyFile,
  personVault,
  readPersonKeyFile,
  retirePersonKeys,
  rotatePersonKeyFile,
} from '../../src/store/personal/key-file.ts';
import type { PersonKeys } from '../../src/store/personal/key-file.ts';
import {
  hasPlainPeople,
  keysUnderOlder,
  rewrapKeys,
  sealPeople,
} from '../../src/store/personal/seal-existing.ts';
import { SealBroken } from '../../src/store/personal/sealing.ts';
import { readValuesOf, writeValues } from '../../src/store/personal/values.ts';
import { listPeople } from '../../src/store/read/people.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { everythingStored } from '../support/everything-stored.ts';

const secret = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const FIRST: PersonKeys = { wrapping: [{ id: 'first', secret: secret(1) }], index: secret(9) };
const SECOND: PersonKeys = {
  ...FIRST,
  wrapping: [{ id: 'second', secret: secret(2) }, ...FIRST.wrapping],
};
const ADDRESS = { street1: '1 Canary Row', city: 'Monterey', zip: '93940', country: 'US' };
const CANARIES = ['Ada Canary', 'ada.canary@corp.example', 'EC-4711', 'canary@home.example', 'Canary Row'];

let server: TestDatabase;
let db: Database;

beforeAll(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { vault: personVault(FIRST), connections: 8 });
});

afterAll(async () => {
  await db.destroy();
  await server.drop();
});

async function ada(): Promise<string> {
  const account = { connector: 'okta', externalId: '00u-ada', state: 'active', leaveAt: null };
  const profile = {
    employeeNumber: 'EC-4711',
    workEmail: 'Ada.Canary@corp.example',
    displayName: 'Ada Canary',
    country: 'US',
    timeZone: null,
  };
  const id = await db
    .transaction()
    .execute((tx) => linkPerson(tx, account, profile, ['employeeNumber', 'workEmail']));
  if (typeof id !== 'string') throw new Error('ambiguous');
  await db
    .transaction()
    .execute((tx) => writeValues(tx, id, { privateEmail: 'canary@home.example', address: ADDRESS }));
  return id;
}

async function storedCanaries(): Promise<readonly string[]> {
  const stored = await everythingStored(server.url);
  return CANARIES.filter((canary) => stored.toLowerCase().includes(canary.toLowerCase()));
}

describe('personal values', () => {
  it('are read whole by whoever has the keys, and stand readable in no column', async () => {
    const id = await ada();
    expect(await readValuesOf(db, id)).toEqual({
      displayName: 'Ada Canary',
      workEmail: 'Ada.Canary@corp.example',
      employeeNumber: 'EC-4711',
      privateEmail: 'canary@home.example',
      address: ADDRESS,
    });
    expect(await storedCanaries()).toEqual([]);
    // The scan finds what is there: otherwise it would prove nothing.
    await db.insertInto('remarks').values({ fact_key: 'probe', text: 'of Ada Canary' }).execute();
    expect(await storedCanaries()).toEqual(['Ada Canary']);
    await db.deleteFrom('remarks').execute();
  });

  it('open nowhere but in their own row and column', async () => {
    const id = await ada();
    const other = await db
      .transaction()
      .execute((tx) =>
        linkPerson(
          tx,
          { connector: 'okta', externalId: '00u-bob', state: 'active', leaveAt: null },
          { employeeNumber: null, workEmail: null, displayName: 'Bob', country: null, timeZone: null },
          ['employeeNumber'],
        ),
      );
    if (typeof other !== 'string') throw new Error('ambiguous');
    await sql`update persons set display_name_sealed = employee_number_sealed where id = ${id}`.execute(db);
    await expect(readValuesOf(db, id)).rejects.toThrow(SealBroken);
    await sql`update persons set display_name_sealed = (select display_name_sealed from persons where id = ${id})
      where id = ${other}`.execute(db);
    await expect(readValuesOf(db, other)).rejects.toThrow(SealBroken);
    for (const each of [id, other])
      await db.transaction().execute((tx) => writeValues(tx, each, { displayName: 'Ada Canary' }));
  });

  it('are not to be had without the keys, or with those of another installation', async () => {
    const id = await ada();
    const without = openDatabase(server.url, { connections: 1 });
    const foreign = openDatabase(server.url, {
      connections: 1,
      vault: personVault({ ...FIRST, wrapping: [{ id: 'first', secret: secret(3) }] }),
    });
    try {
      await expect(readValuesOf(without, id)).rejects.toThrow(NoPersonKeys);
      await expect(readValuesOf(foreign, id)).rejects.toThrow(SealBroken);
    } finally {
      await without.destroy();
      await foreign.destroy();
    }
  });

  it('are found by part of a name over many rows, in the order of ids', async () => {
    const id = await ada();
    expect((await listPeople(db, 'canary', null, 10)).map((row) => row.id)).toContain(id);
    expect(await listPeople(db, 'canary', id, 10)).toEqual(
      (await listPeople(db, 'canary', null, 10)).filter((row) => row.id > id),
    );
    expect(await listPeople(db, '%', null, 10)).toEqual([]);
  });
});

describe('the installation’s key', () => {
  it('is rotated: the keys of people are wrapped anew, and the old one opens nothing any more', async () => {
    const id = await ada();
    const rotated = openDatabase(server.url, { vault: personVault(SECOND), connections: 2 });
    const old = openDatabase(server.url, { vault: personVault(FIRST), connections: 1 });
    try {
      expect(await keysUnderOlder(rotated)).toBeGreaterThan(0);
      expect(await rewrapKeys(rotated)).toBeGreaterThan(0);
      expect(await keysUnderOlder(rotated)).toBe(0);
      expect((await readValuesOf(rotated, id)).displayName).toBe('Ada Canary');
      await expect(readValuesOf(old, id)).rejects.toThrow(SealBroken);
    } finally {
      await rotated.destroy();
      await old.destroy();
    }
  });
});

describe('what an earlier version wrote', () => {
  let older: TestDatabase;
  let here: Database;
  const PEOPLE = 1_203;

  beforeAll(async () => {
    older = await testDatabase();
    here = openDatabase(older.url, { vault: personVault(FIRST), connections: 4 });
    await sql`alter table persons drop constraint persons_sealed`.execute(here);
    await sql`
      insert into persons (id, display_name, work_email, employee_number, private_email, address)
      select 'per_' || n, 'Ada Canary ' || n, 'Ada.Canary@corp.example', 'EC-4711-' || n, 'canary@home.example',
        ${JSON.stringify(ADDRESS)}::jsonb from generate_series(1, ${PEOPLE}::int) as n`.execute(here);
  });
  afterAll(async () => {
    await here.destroy();
    await older.drop();
  });

  it('is sealed in batches by several at once, interrupted or not, and then cannot be written any more', async () => {
    // Breaks off in the last batch, as a database that goes away does; what was committed before stays.
    await sql`create function break_off() returns trigger language plpgsql as
      'begin raise exception ''broken off''; end'`.execute(here);
    await sql`create trigger break_off before update on persons for each row when (old.id = 'per_999')
      execute function break_off()`.execute(here);
    await expect(sealPeople(here)).rejects.toThrow(/broken off/u);
    await sql`drop trigger break_off on persons`.execute(here);
    expect(await hasPlainPeople(here)).toBe(true);
    const counts = await Promise.all([sealPeople(here), sealPeople(here)]);
    expect(counts[0] + counts[1]).toBeGreaterThan(0);
    expect(counts[0] + counts[1]).toBeLessThan(PEOPLE);
    expect(await hasPlainPeople(here)).toBe(false);
    const stored = await everythingStored(older.url);
    expect(CANARIES.filter((canary) => stored.includes(canary))).toEqual([]);
    expect(await readValuesOf(here, 'per_77')).toEqual({
      displayName: 'Ada Canary 77',
      workEmail: 'Ada.Canary@corp.example',
      employeeNumber: 'EC-4711-77',
      privateEmail: 'canary@home.example',
      address: ADDRESS,
    });
    expect((await listPeople(here, 'EC-4711-77', null, 5)).map(({ id }) => id)).toEqual(['per_77']);
    await expect(sql`update persons set display_name = 'x' where id = 'per_1'`.execute(here)).rejects.toThrow(
      /persons_sealed/u,
    );
    expect(await sealPeople(here)).toBe(0);
  });
});

describe('the key file', () => {
  it('is private, is refused when others can read it, and keeps older wrapping keys until they are retired', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'handback-keys-'));
    const path = join(directory, 'keys', 'person-keys.json');
    try {
      expect(readPersonKeyFile(path)).toBeNull();
      const made = createPersonKeyFile(path, new Date());
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(() => createPersonKeyFile(path, new Date())).toThrow(/EEXIST/u);
      const rotated = rotatePersonKeyFile(path, new Date());
      expect(rotated.index).toBe(made.index);
      expect(rotated.wrapping.slice(1)).toEqual(made.wrapping);
      expect(readPersonKeyFile(path)).toEqual(rotated);
      expect(retirePersonKeys(path).wrapping).toEqual(rotated.wrapping.slice(0, 1));
      expect(statSync(path).mode & 0o777).toBe(0o600);
      chmodSync(path, 0o640);
      expect(() => readPersonKeyFile(path)).toThrow(/can be read by others/u);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
