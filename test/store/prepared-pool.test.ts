/** Prepared statements: what becomes of a connection whose statement no longer fits its table. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isPassingFault } from '../../src/api/faults.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';

let server: TestDatabase;
let db: Database;

beforeAll(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { connections: 1 });
});
afterAll(async () => {
  await db.destroy();
  await server.drop();
});

test('a statement is prepared once; after a migration its connection is made anew, and asks again without trouble', async () => {
  await sql`create table prepared_probe (id int)`.execute(db);
  const ask = async () => (await sql`select * from prepared_probe where id = ${1}`.execute(db)).rows;
  await ask();
  await ask();
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from pg_prepared_statements where statement like ${'%prepared_probe%'}`.execute(
    db,
  );
  expect(rows[0]?.count).toBe(1);
  await sql`alter table prepared_probe add column more text`.execute(db);
  const refused: unknown = await ask().catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: '0A000' });
  // The API answers that one with 503: the same request succeeds when it comes again.
  expect(isPassingFault(refused)).toBe(true);
  expect(await ask()).toEqual([]);
});
