/** Long answers, some rows at a time; and times, which come back as ISO texts whatever the server writes. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cursor } from '../../src/store/cursor.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { inTransaction } from '../../src/store/transactions.ts';
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

const NUMBERS = 'select n::int as n from generate_series(1, 25) as n order by n';

describe('a cursor', () => {
  test.each([1, 5, 10, 100])('gives every row once, %i at a time', async (atOnce) => {
    const parts = await inTransaction(db, async (tx) => {
      const found: number[][] = [];
      for await (const rows of cursor<{ n: number }>(tx, 'numbers', NUMBERS, atOnce)) {
        // Other questions of the same transaction come in between.
        await sql`select 1`.execute(tx);
        found.push(rows.map(({ n }) => n));
      }
      return found;
    });
    expect(parts.flat()).toEqual(Array.from({ length: 25 }, (_one, place) => place + 1));
    expect(Math.max(...parts.map((rows) => rows.length))).toBe(Math.min(atOnce, 25));
  });

  test('that is left early leaves nothing behind in the connection', async () => {
    await expect(
      inTransaction(db, async (tx) => {
        for await (const rows of cursor(tx, 'numbers', NUMBERS, 5))
          throw new Error(`${rows.length} are enough`);
      }),
    ).rejects.toThrow('5 are enough');
    const { rows } = await sql<{ one: number }>`select 1 as one`.execute(db);
    expect(rows).toEqual([{ one: 1 }]);
  });

  test('whose later rows fail says so where they are waited for', async () => {
    const failing = 'select 1 / (10 - n)::int as n from generate_series(1, 25) as n';
    const counted = inTransaction(db, async (tx) => {
      let count = 0;
      for await (const rows of cursor(tx, 'failing', failing, 5)) {
        // Long enough for the rows after these to have failed.
        await new Promise((resolve) => setTimeout(resolve, 50));
        count += rows.length;
      }
      return count;
    });
    await expect(counted).rejects.toThrow('division by zero');
  });
});

describe('times', () => {
  test.each(['UTC', 'Europe/Berlin', 'Asia/Kolkata'])('are ISO 8601 UTC on a server in %s', async (zone) => {
    const texts = ['2026-01-02 03:04:05+00', '2026-07-02 03:04:05.6+00', '2026-07-02 03:04:05.123456+00'];
    const read = await inTransaction(db, async (tx) => {
      await sql`select set_config('TimeZone', ${zone}, true)`.execute(tx);
      const { rows } = await sql<{ at: string }>`
        select at::timestamptz as at from unnest(${texts}::text[]) with ordinality as given (at, place) order by place`.execute(
        tx,
      );
      return rows.map(({ at }) => at);
    });
    expect(read).toEqual([
      '2026-01-02T03:04:05.000Z',
      '2026-07-02T03:04:05.600Z',
      '2026-07-02T03:04:05.123Z',
    ]);
  });
});
