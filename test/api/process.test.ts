/** The process: built from a configuration, ready when the database is, and gone only when it has answered. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pino } from 'pino';
import { runApi } from '../../src/api/main.ts';
import type { RunningApi } from '../../src/api/main.ts';
import { ConfigSchema } from '../../src/config/schema.ts';
import type { Config } from '../../src/config/load.ts';
import { OktaSettings } from '../../src/adapters/identity/okta/settings.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { startIssuer, trusting } from '../support/issuer/issuer.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { addPerson } from './support/facts.ts';
import { testVault } from '../support/person-keys.ts';

let database: TestDatabase;
let db: Database;
const running: RunningApi[] = [];

beforeAll(async () => {
  database = await testDatabase();
  db = openDatabase(database.url, { vault: testVault, connections: 2 });
});
afterAll(async () => {
  await Promise.all(running.map((api) => api.stop()));
  await db.destroy();
  await database.drop();
});

const TOKEN = 'operator-token-0123456789';

function config(overrides: object = {}): Config {
  const { connectors: _none, ...rest } = ConfigSchema.parse({
    http: { port: 0 },
    tokens: [{ id: 'ops', token: TOKEN, roles: ['operator', 'viewer'] }],
    ...overrides,
  });
  const settings = OktaSettings.parse({
    baseUrl: 'https://example.okta.test',
    apiToken: 'abc',
    hook: { secret: 'a-secret-of-okta-0123' },
  });
  const connectors = [
    { name: 'books', kind: 'snipeit', port: 'inventory', mode: 'enforce', settings: {} },
    { name: 'okta', kind: 'okta', port: 'identity', mode: 'observe', settings },
  ] as const;
  return { ...rest, connectors, dataDir: '/nowhere' };
}

async function run(databaseUrl = database.url, overrides: object = {}): Promise<RunningApi> {
  const log = pino({ level: 'silent' });
  const api = await runApi(config(overrides), { databaseUrl, vault: testVault, log });
  running.push(api);
  return api;
}

const get = (api: RunningApi, path: string) =>
  fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${TOKEN}` } });

test('listens where the configuration says, on loopback by default, with what it configures', async () => {
  const api = await run();
  expect(api.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
  expect((await get(api, '/readyz')).status).toBe(200);
  const challenge = await fetch(`${api.url}/hooks/okta`, {
    headers: { authorization: 'a-secret-of-okta-0123', 'x-okta-verification-challenge': 'abc' },
  });
  expect(await challenge.json()).toEqual({ verification: 'abc' });
  const personId = await addPerson(db);
  const opened = await fetch(`${api.url}/api/v1/cases`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ personId }),
  });
  expect(opened.status).toBe(201);
  const fact = await db
    .selectFrom('facts')
    .select('canonical')
    .where('type', '=', 'case.opened')
    .executeTakeFirstOrThrow();
  expect(JSON.parse(fact.canonical)).toMatchObject({
    actor: 'token:ops',
    data: {
      sources: [
        { connector: 'okta', sourceKind: 'identity' },
        { connector: 'books', sourceKind: 'inventory' },
      ],
    },
  });
});

test('a taken port is an error, and leaves nothing open', async () => {
  const first = await run();
  const port = Number(new URL(first.url).port);
  await expect(run(database.url, { http: { port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('is not ready before the migrations, and lives all the same', async () => {
  const name = `empty_${process.pid}`;
  await sql.raw(`create database ${name}`).execute(db);
  const url = new URL(database.url);
  url.pathname = `/${name}`;
  const api = await run(url.href);
  try {
    expect(await (await get(api, '/readyz')).json()).toMatchObject({ reason: 'migrations' });
    expect((await get(api, '/healthz')).status).toBe(200);
  } finally {
    await api.stop();
    await sql.raw(`drop database ${name} with (force)`).execute(db);
  }
});

test('stopping finishes the request under way, takes no new one, and is safe twice', async () => {
  const api = await run();
  expect((await get(api, '/api/v1/cases')).status).toBe(200);
  const begun = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const holding = db.transaction().execute(async (tx) => {
    await sql`lock table cases in access exclusive mode`.execute(tx);
    begun.resolve();
    await release.promise;
  });
  await begun.promise;
  const slow = get(api, '/api/v1/cases');
  const waits = async () =>
    (
      await sql<{
        n: number;
      }>`select count(*) as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(
        db,
      )
    ).rows[0]?.n;
  await expect.poll(waits, { timeout: 10_000 }).toBeGreaterThan(0);
  const stopping = Promise.all([api.stop(), api.stop()]);
  await expect
    .poll(
      () =>
        fetch(`${api.url}/healthz`).then(
          () => 'answered',
          () => 'refused',
        ),
      { timeout: 10_000 },
    )
    .toBe('refused');
  release.resolve();
  await holding;
  expect((await slow).status).toBe(200);
  await stopping;
});

test('a transaction that lost a deadlock asks to come again', async () => {
  const api = await run();
  const personId = await addPerson(db);
  // The database is made to say so: the next case of this person loses.
  await sql`create function lose() returns trigger language plpgsql as $$ begin raise exception 'lost' using errcode = '40P01'; end $$`.execute(
    db,
  );
  await sql`create trigger lose before insert on cases for each row execute function lose()`.execute(db);
  const open = () =>
    fetch(`${api.url}/api/v1/cases`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ personId }),
    });
  const lost = await open();
  expect([lost.status, lost.headers.get('retry-after')]).toEqual([503, '2']);
  await sql`drop trigger lose on cases`.execute(db);
  expect((await open()).status).toBe(201);
});

test('believes the issuer of the configuration, and tells where to sign in', async () => {
  const issuer = await startIssuer();
  const { clientId, audience, roles } = trusting(issuer.url);
  const oidc = { issuer: issuer.url, audience, roles, clientId, audienceParameter: 'audience' };
  const api = await run(database.url, { oidc });
  const authorization = `Bearer ${await issuer.token({ person: 'olga' })}`;
  const me = await fetch(`${api.url}/api/v1/me`, { headers: { authorization } });
  expect(await me.json()).toMatchObject({ roles: ['operator'] });
  const stranger = await fetch(`${api.url}/api/v1/me`);
  expect(await stranger.json()).toMatchObject({
    signIn: { issuer: issuer.url, clientId, parameters: { audience } },
  });
  await issuer.stop();
});
