import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createS3 } from '../../sandbox/s3/index.ts';
import { sha256Hex } from '../../src/ledger/canonical.ts';
import { openCheckpoint } from '../../src/ledger/checkpoint.ts';
import { readTargets } from '../../src/store/checkpoint-targets.ts';
import { latestCheckpoint, makeCheckpoint } from '../../src/store/checkpoints.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { bucketTarget } from '../../src/worker/checkpoints/bucket.ts';
import { directoryTarget } from '../../src/worker/checkpoints/directory.ts';
import { httpTarget } from '../../src/worker/checkpoints/http.ts';
import { keepCheckpoints } from '../../src/worker/checkpoints/keep-checkpoints.ts';
import type { CheckpointTarget } from '../../src/worker/checkpoints/target.ts';
import { startVendor } from '../sandbox/vendor-kit.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { fill, newSigning } from './support/ledger.ts';

const EVERY_MS = 60_000;
const START = Date.parse('2026-03-02T09:00:00.000Z');
const keys = newSigning();
let server: TestDatabase;
let db: Database;
let directory: string;
let now: number;
let warned: string[];

beforeEach(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { connections: 3 });
  directory = await mkdtemp(join(tmpdir(), 'handback-outside-'));
  [now, warned] = [START, []];
});

afterEach(async () => {
  await db.destroy();
  await server.drop();
  await rm(directory, { recursive: true });
});

function keep(targets: readonly CheckpointTarget[], signers = keys.signing.signers): Promise<void> {
  const log = {
    info: () => undefined,
    warn: (_fields: object, message: string) => void warned.push(message),
  };
  const signing = { ...keys.signing, signers };
  return keepCheckpoints({ db, signing, everyMs: EVERY_MS, targets, clock: () => new Date(now), log });
}

async function sizes(): Promise<readonly number[]> {
  const rows = await db.selectFrom('ledger_checkpoints').select('size').orderBy('id').execute();
  return rows.map((row) => row.size);
}

/** An endpoint that keeps what it is sent. */
async function endpoint(status: () => number) {
  const bodies: string[] = [];
  const headers: (string | undefined)[] = [];
  const http = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      if (status() === 200) bodies.push(`${request.method} ${body}`);
      headers.push(request.headers.authorization);
      response.writeHead(status()).end();
    })();
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/log?secret=x`,
    bodies,
    headers,
    close: () => void http.close(),
  };
}

describe('checkpoints on a schedule', () => {
  test('one is signed when it is time and something came since, by however many workers', async () => {
    await fill(db, 0, 3);
    await Promise.all([keep([]), keep([])]);
    await fill(db, 3, 5);
    await keep([]);
    expect(await sizes()).toEqual([3]);
    now += EVERY_MS;
    await Promise.all([keep([]), keep([])]);
    now += EVERY_MS;
    await keep([]);
    expect(await sizes()).toEqual([3, 5]);
  });

  test('without a key nothing is signed, and what others signed is published all the same', async () => {
    await fill(db, 0, 2);
    await makeCheckpoint(db, keys.signing, new Date(now));
    now += EVERY_MS;
    await fill(db, 2, 3);
    await keep([directoryTarget(directory)], []);
    expect(await sizes()).toEqual([2]);
    expect(await readdir(join(directory, 'checkpoints'))).toHaveLength(1);
  });
});

describe('published outside', () => {
  test('a directory holds every checkpoint under a name of its own, and the latest', async () => {
    for (const size of [1, 4, 9]) {
      await fill(db, size - 1, size);
      await keep([directoryTarget(directory)]);
      now += EVERY_MS;
    }
    const names = await readdir(join(directory, 'checkpoints'));
    expect(names).toHaveLength(3);
    const opened = await Promise.all(
      names
        .toSorted()
        .map(async (name) =>
          openCheckpoint(await readFile(join(directory, 'checkpoints', name), 'utf8'), [keys.verifier]),
        ),
    );
    expect(opened.map(({ size }) => size)).toEqual([1, 2, 3]);
    const latest = await latestCheckpoint(db);
    expect(await readFile(join(directory, 'checkpoint'), 'utf8')).toBe(latest?.note);
  });

  test.each(['PUT', 'POST'] as const)(
    'an endpoint is sent each once by %s, with its token',
    async (method) => {
      const outside = await endpoint(() => 200);
      const target = httpTarget({ url: outside.url, method, token: 'a-token' });
      await fill(db, 0, 2);
      await keep([target]);
      await keep([target]);
      const note = (await latestCheckpoint(db))?.note;
      expect(outside.bodies).toEqual([`${method} ${note}`]);
      expect(outside.headers).toEqual(['Bearer a-token']);
      expect(target.name).not.toContain('secret');
      outside.close();
    },
  );

  test('a place that is away gets what it missed later, in order, and meanwhile that is known', async () => {
    let status = 500;
    const outside = await endpoint(() => status);
    const target = httpTarget({ url: outside.url, method: 'PUT' });
    for (const size of [1, 2]) {
      await fill(db, size - 1, size);
      await keep([target, directoryTarget(directory)]);
      now += EVERY_MS;
    }
    const failed = (await readTargets(db)).find((one) => one.target === target.name);
    expect(failed).toMatchObject({ failure: 'RefusedByTarget', checkpoint_id: null });
    expect(await readdir(join(directory, 'checkpoints'))).toHaveLength(2);
    status = 200;
    await keep([target]);
    expect(outside.bodies.map((body) => body.split('\n')[1])).toEqual(['1', '2']);
    const now2 = (await readTargets(db)).find((one) => one.target === target.name);
    expect(now2).toMatchObject({ failure: null, checkpoint_id: (await latestCheckpoint(db))?.id });
    outside.close();
  });

  test('an S3-compatible bucket holds every checkpoint and the latest, by signed requests', async () => {
    await using store = await startVendor(createS3, { accessKeyId: 'AKIDTEST', buckets: ['evidence'] });
    const settings = {
      bucket: 'evidence',
      region: 'eu-central-1',
      endpoint: store.url,
      prefix: 'handback/',
      accessKeyId: 'AKIDTEST',
      secretAccessKey: 'secret-of-a-test',
      pathStyle: true,
    };
    const target = bucketTarget(settings);
    await fill(db, 0, 2);
    await keep([target]);
    const note = (await latestCheckpoint(db))?.note;
    expect(warned).toEqual([]);
    const { body: objects } = await store.control('/objects');
    const sha256 = sha256Hex(note ?? '');
    expect(objects).toMatchObject([{ sha256 }, { sha256, key: 'evidence/handback/checkpoint' }]);
    expect(objects[0].key).toMatch(/^evidence\/handback\/checkpoints\/0{15}2-[0-9a-f]{16}$/u);
    expect(await target.latest?.()).toBe(note);
    const stranger = bucketTarget({ ...settings, accessKeyId: 'OTHER' });
    await expect(stranger.latest?.()).rejects.toThrow();
  });
});

test('a database that was rolled back signs nothing over what is outside, and leaves it as it is', async () => {
  await fill(db, 0, 5);
  await keep([directoryTarget(directory)]);
  const published = await readFile(join(directory, 'checkpoint'), 'utf8');
  const restored = await testDatabase();
  const live = db;
  db = openDatabase(restored.url, { connections: 3 });
  try {
    await fill(db, 10, 20);
    now += EVERY_MS;
    await keep([directoryTarget(directory)]);
    expect(await sizes()).toEqual([]);
    expect(await readTargets(db)).toMatchObject([{ failure: 'unknown-checkpoint-outside' }]);
    expect(warned).toHaveLength(1);
    expect(await readFile(join(directory, 'checkpoint'), 'utf8')).toBe(published);
  } finally {
    await db.destroy();
    db = live;
    await restored.drop();
  }
});

test('what somebody wrote into the directory instead is noticed too', async () => {
  await fill(db, 0, 2);
  await keep([directoryTarget(directory)]);
  await writeFile(join(directory, 'checkpoint'), 'something else');
  now += EVERY_MS;
  await fill(db, 2, 4);
  await keep([directoryTarget(directory)]);
  expect(await sizes()).toEqual([2]);
  expect(warned).toHaveLength(1);
});
