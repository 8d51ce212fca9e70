import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCheckpoint } from '../../src/store/checkpoints.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { migrateToLatest } from '../../src/store/migrate.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { fill, newSigning } from './support/ledger.ts';

/** A managed PostgreSQL: the role that owns the tables is no superuser. */
const ROLE = `owner_${randomBytes(4).toString('hex')}`;
const PASSWORD = randomBytes(12).toString('hex');
let server: TestDatabase;
let url: URL;
let db: Database;

beforeAll(async () => {
  server = await testDatabase();
  await asAdministrator(server.url, [
    `create role ${ROLE} login password '${PASSWORD}'`,
    `create database ${ROLE} owner ${ROLE} template template0`,
  ]);
  url = new URL(server.url);
  [url.username, url.password, url.pathname] = [ROLE, PASSWORD, `/${ROLE}`];
  await migrateToLatest(url.href);
  db = openDatabase(url.href, { connections: 4 });
  await fill(db, 0, 5);
  await makeCheckpoint(db, newSigning().signing, new Date());
});

afterAll(async () => {
  await db.destroy();
  await asAdministrator(server.url, [`drop database ${ROLE} with (force)`, `drop role ${ROLE}`]);
  await server.drop();
});

async function asAdministrator(address: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

describe('where the owner of the tables is no superuser', () => {
  test('facts, leaves and checkpoints are recorded', async () => {
    const { size, noded } = await db.selectFrom('ledger_head').selectAll().executeTakeFirstOrThrow();
    expect([size, noded]).toEqual([5, 5]);
  });

  test.each(['facts', 'ledger_leaves', 'ledger_nodes', 'ledger_checkpoints'])(
    'it has no right to change, delete or empty %s, triggers or not',
    async (table) => {
      await asAdministrator(adminUrl(), [`alter table ${table} disable trigger ${table}_insert_only`]);
      const name = sql.table(table);
      await expect(sql`delete from ${name}`.execute(db)).rejects.toThrow(/permission denied/u);
      await expect(sql`truncate ${name}`.execute(db)).rejects.toThrow(/permission denied/u);
      const column = sql.ref(
        { facts: 'canonical', ledger_leaves: 'fact_id', ledger_nodes: 'hash' }[table] ?? 'note',
      );
      await expect(sql`update ${name} set ${column} = ${column}`.execute(db)).rejects.toThrow(
        /permission denied/u,
      );
      await asAdministrator(adminUrl(), [`alter table ${table} enable always trigger ${table}_insert_only`]);
    },
  );
});

function adminUrl(): string {
  const admin = new URL(server.url);
  admin.pathname = `/${ROLE}`;
  return admin.href;
}
