/**
 * A database for one test file: migrated, empty, its own.
 *
 *     const database = await testDatabase();
 *     afterAll(() => database.drop());
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { DOOR, TEMPLATE } from './provided.ts';

/** A database and how to be rid of it. */
export interface TestDatabase {
  readonly url: string;
  /** Ends whatever is connected and deletes it. */
  drop(): Promise<void>;
}

/** Copies the migrated template; takes some tens of milliseconds after the run's first call. */
export async function testDatabase(): Promise<TestDatabase> {
  const door = inject(DOOR);
  if (!door) throw new Error('vitest has no globalSetup: test/support/postgres/global-setup.ts');
  const response = await fetch(door);
  const body = await response.text();
  if (!response.ok) throw new Error(`the test PostgreSQL did not start: ${body}`);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await run(body, `create database ${name} template ${TEMPLATE} strategy file_copy`);
  const url = new URL(body);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => run(body, `drop database if exists ${name} with (force)`),
  };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
