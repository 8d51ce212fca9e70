import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { startOwnPostgres } from '../support/postgres/own-postgres.ts';
import { testDatabase, type TestDatabase } from '../support/postgres/test-database.ts';

const databases: TestDatabase[] = [];

afterAll(async () => {
  for (const database of databases) await database.drop();
});

async function query(url: string, statement: string): Promise<object[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<object>(statement)).rows;
  } finally {
    await client.end();
  }
}

test('databases of test files come migrated and apart from each other, and can be dropped while in use', async () => {
  const [one, other] = await Promise.all([testDatabase(), testDatabase()]);
  databases.push(one, other);
  expect(await query(one.url, "select to_regclass('facts')::text as found")).toEqual([{ found: 'facts' }]);
  await query(one.url, 'create table mine (n int)');
  expect(await query(other.url, "select to_regclass('mine')::text as found")).toEqual([{ found: null }]);

  const connected = new pg.Client({ connectionString: other.url });
  connected.on('error', () => {});
  await connected.connect();
  await other.drop();
  await expect(query(other.url, 'select 1')).rejects.toThrow(/does not exist/);
});

test('an own server keeps committed rows over a crash, at the same URL', async () => {
  const own = await startOwnPostgres({ migrated: false });
  try {
    await query(own.url, 'create table kept (n int)');
    await query(own.url, 'insert into kept values (7)');
    await own.crash();
    await expect(query(own.url, 'select 1')).rejects.toThrow();
    await own.start();
    expect(await query(own.url, 'select n from kept')).toEqual([{ n: 7 }]);
  } finally {
    await own.remove();
  }
});
