import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from 'kysely';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { runWorker } from '../../src/worker/main.ts';
import { engineConfig } from '../support/engine/engine-config.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { describeLocalTemporal } from '../support/temporal/describe-with.ts';
import { localTemporal } from '../support/temporal/local-temporal.ts';
import { testVault } from '../support/person-keys.ts';

describeLocalTemporal('a worker whose start fails', () => {
  let database: TestDatabase;
  let db: Database;
  let ended: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    database = await testDatabase();
    db = openDatabase(database.url, { vault: testVault, connections: 1 });
    ended = [() => db.destroy(), () => database.drop()];
  });
  afterAll(async () => {
    for (const end of ended) await end();
  });

  /** Connections to the test's database beside its own. */
  async function others(): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`.execute(
      db,
    );
    return rows[0]?.count ?? -1;
  }

  it('closes what it had opened', async () => {
    const temporal = await localTemporal();
    ended.unshift(() => temporal.teardown());
    const config = await engineConfig({ urls: URLS });
    const nowhere = { ...config, temporal: { ...config.temporal, namespace: 'no-such-namespace' } };
    const deps = { databaseUrl: database.url, temporalAddress: temporal.address, env: {} };
    await expect(runWorker(nowhere, deps)).rejects.toThrow();
    // Well before the pool would end an idle connection by itself.
    await expect.poll(others, { timeout: 5_000 }).toBe(0);
  });
});

/** Nobody is asked before the start fails. */
const URLS = Object.fromEntries(
  ['okta', 'graph', 'snipeit', 'easypost', 'itad', 'hr'].map((name) => [name, 'http://127.0.0.1:9']),
);
