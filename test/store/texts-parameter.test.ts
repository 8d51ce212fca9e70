/** JSON texts as one parameter: what comes out is what went in, whatever stands in them. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { jsonTexts } from '../../src/store/texts-parameter.ts';
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

test('quotes, backslashes, braces, commas, line ends and control characters come through', async () => {
  const values = ['a"b\\c', '{NULL},{}', 'line\nend', '\u0001', '', null, 1.5, { ü: ['—', '😀'] }];
  const { rows } = await sql<{ value: unknown }>`
    select one::jsonb as value from unnest(${jsonTexts(values.map((value) => JSON.stringify(value)))}) with ordinality as given (one, n)
    order by n`.execute(db);
  expect(rows.map(({ value }) => value)).toEqual(values);
});

test('one text is a list of one', async () => {
  const { rows } = await sql<{ texts: string[] }>`select ${jsonTexts(['{"a":1}'])} as texts`.execute(db);
  expect(rows[0]?.texts).toEqual(['{"a":1}']);
});
