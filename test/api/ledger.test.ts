/** Checkpoints by the API, and what the command makes of the same database. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/ledger/checkpoint.ts';
import { createKeyFile } from '../../src/ledger/key-files.ts';
import { loadKeyRing } from '../../src/ledger/key-ring.ts';
import { parseVerifier } from '../../src/ledger/signed-note.ts';
import { handback } from '../cli/support/command.ts';
import { fill } from '../store/support/ledger.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { listIn, startApi } from './support/api.ts';
import type { TestApi } from './support/api.ts';

const PATH = '/api/v1/ledger/checkpoint';
let database: TestDatabase;
let data: string;
let api: TestApi;

const SEEN = ['viewer', 'auditor', 'admin'] as const;

beforeAll(async () => {
  database = await testDatabase();
  data = await mkdtemp(join(tmpdir(), 'handback-ledger-'));
  const directory = join(data, 'keys');
  createKeyFile(directory, 'checkpoints', new Date());
  const keys = loadKeyRing({ directory, given: {}, retired: [], overlapMs: 0 }, new Date());
  api = await startApi(database.url, { keys, ledgerOrigin: 'handback.test/api' });
  // Who asks for the first time makes a fact of that: these are known from here on.
  for (const as of SEEN) await api.call('GET', PATH, { as });
});

afterAll(async () => {
  await api.stop();
  await database.drop();
  await rm(data, { recursive: true });
});

async function verify(...args: readonly string[]) {
  const env = { DATABASE_URL: database.url, HANDBACK_DATA: data };
  const { code, out } = await handback(['ledger', 'verify', '--json', ...args], { env });
  return {
    code,
    ...(JSON.parse(out) as { failed: object; outside: number; checkpoints: number; facts: number }),
  };
}

test('before the first checkpoint there is none, and its key is told', async () => {
  const answer = await api.call('GET', PATH, { as: 'viewer' });
  expect([answer.status, answer.body['checkpoint']]).toEqual([200, null]);
  expect(listIn(answer, 'keys')).toMatchObject([{ signs: true, verifier: null }]);
});

test('a checkpoint is signed for those who may, over everything that is recorded, and checks by the key that is told', async () => {
  await fill(api.db, 0, 4);
  expect((await api.call('POST', PATH, { as: 'viewer', body: {} })).status).toBe(403);
  const made = await api.call('POST', PATH, { as: 'auditor', body: {} });
  expect(made.status).toBe(200);
  const read = await api.call('GET', PATH, { as: 'viewer' });
  expect(read.body['checkpoint']).toEqual(made.body);
  const key = parseVerifier(String(listIn(read, 'keys')[0]?.['verifier']));
  expect(openCheckpoint(String(made.body['note']), [key])).toMatchObject({
    origin: 'handback.test/api',
    size: 4 + SEEN.length,
  });
  expect((await api.call('POST', PATH, { as: 'admin', body: {} })).body).toEqual(made.body);
});

test('without a key nothing is signed', async () => {
  const without = await startApi(database.url, {});
  const { status, body } = await without.call('POST', PATH, { as: 'admin', body: {} });
  expect([status, body['code']]).toEqual([409, 'no-signing-key']);
  await without.stop();
});

test('the command verifies the same database, with the installation’s keys or with one that is trusted', async () => {
  const made = await api.call('POST', PATH, { as: 'auditor', body: {} });
  const file = join(data, 'outside');
  await writeFile(file, String(made.body['note']));
  expect(await verify()).toMatchObject({
    code: 0,
    facts: 4 + SEEN.length,
    checkpoints: 1,
    outside: 0,
    failed: {},
  });
  const verifier = String(listIn(await api.call('GET', PATH, { as: 'viewer' }), 'keys')[0]?.['verifier']);
  expect(await verify('--checkpoint', file, '--key', verifier)).toMatchObject({
    code: 0,
    outside: 1,
    failed: {},
  });
  const stranger = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
  expect(await verify('--checkpoint', file, '--key', stranger)).toMatchObject({
    code: 1,
    failed: { 'checkpoint-signature': 1, 'outside-signature': 1 },
  });
});

test('the command says in words what holds, and that nothing from outside was looked at', async () => {
  const env = { DATABASE_URL: database.url, HANDBACK_DATA: data };
  const { code, out } = await handback(['ledger', 'verify'], { env });
  expect(code).toBe(0);
  expect(out).toContain('Everything holds.');
  expect(out).toContain('No checkpoint from outside was given');
});
