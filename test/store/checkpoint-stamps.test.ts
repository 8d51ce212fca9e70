/** Each checkpoint gets its timestamp, at once or later, and an authority that is away or wrong holds up nothing. */
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readCertificates } from '../../src/ledger/timestamps/certificates.ts';
import { timestampRequest } from '../../src/ledger/timestamps/request.ts';
import { verifyTimestamp } from '../../src/ledger/timestamps/verify-timestamp.ts';
import { timestampAuthority } from '../../src/outside/timestamp-authority.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { makeCheckpoint } from '../../src/store/checkpoints.ts';
import { readGauges } from '../../src/store/read/gauges.ts';
import { readStampStandings, stampOf } from '../../src/store/stamps.ts';
import { keepCheckpoints } from '../../src/worker/checkpoints/keep-checkpoints.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { authorityServer, localAuthority } from '../support/timestamps/authority.ts';
import type { LocalAuthority } from '../support/timestamps/authority.ts';
import { fill, newSigning } from './support/ledger.ts';

const START = Date.parse('2026-03-02T09:00:00.000Z');
const keys = newSigning();
let local: LocalAuthority;
let http: Awaited<ReturnType<typeof authorityServer>>;
let server: TestDatabase;
let db: Database;
let now: number;
let warned: string[];

beforeAll(async () => {
  local = await localAuthority();
  http = await authorityServer(local);
}, 60_000);
afterAll(async () => {
  http.close();
  await local.remove();
});
beforeEach(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { connections: 3 });
  http.as.behaviour = null;
  [now, warned] = [START, []];
});
afterEach(async () => {
  await db.destroy();
  await server.drop();
});

/** One turn of the worker, a minute after the one before. */
async function turn(): Promise<void> {
  now += 60_000;
  const authority = timestampAuthority({ url: `${http.url}?key=hidden`, caFile: local.rootFile, token: 't' });
  const log = {
    info: () => undefined,
    warn: (fields: object, message: string) => void warned.push(`${message} ${JSON.stringify(fields)}`),
  };
  const clock = () => new Date(now);
  await keepCheckpoints({ db, signing: keys.signing, everyMs: 60_000, targets: [], authority, clock, log });
}

async function stamps() {
  const checkpoints = await db.selectFrom('ledger_checkpoints').selectAll().orderBy('id').execute();
  return Promise.all(checkpoints.map(async ({ id, note }) => ({ note, stamp: await stampOf(db, id) })));
}

describe('the timestamps of checkpoints', () => {
  test('are kept beside them, checked, and asked for as the protocol says', async () => {
    await fill(db, 0, 3);
    await turn();
    const [only] = await stamps();
    const trusted = readCertificates(await readFile(local.rootFile, 'utf8'));
    const { at } = await verifyTimestamp(
      only?.stamp?.response ?? Buffer.of(),
      Buffer.from(only?.note ?? ''),
      { trusted },
    );
    expect(only?.stamp?.stamped_at).toBe(at.toISOString());
    expect(http.requests.at(-1)).toEqual({ type: 'application/timestamp-query', authorization: 'Bearer t' });
    expect(only?.stamp?.authority).toBe(http.url);
  });

  test('do not change, and cannot be taken away', async () => {
    await fill(db, 0, 1);
    await turn();
    await expect(db.deleteFrom('checkpoint_stamps').execute()).rejects.toThrow();
    await expect(db.updateTable('checkpoint_stamps').set({ authority: 'x' }).execute()).rejects.toThrow();
  });

  test('come later where the authority was away; checkpoints go on', async () => {
    await fill(db, 0, 2);
    await turn();
    http.as.behaviour = async () => ({ status: 503, body: Buffer.from('an error with a secret') });
    await fill(db, 2, 4);
    await turn();
    await fill(db, 4, 6);
    await turn();
    expect((await stamps()).map(({ stamp }) => stamp !== null)).toEqual([true, false, false]);
    const standing = { authority: http.url, failure: 'RefusedByAuthority', waiting: 2 };
    expect(await readStampStandings(db)).toMatchObject([standing]);
    expect((await readGauges(db, new Date(now))).stamps).toMatchObject([standing]);
    expect(warned.join('\n')).toContain('could not be stamped');
    expect(warned.join('\n')).not.toMatch(/hidden|secret/u);
    http.as.behaviour = null;
    await turn();
    expect((await stamps()).map(({ stamp }) => stamp !== null)).toEqual([true, true, true]);
    expect(await readStampStandings(db)).toMatchObject([{ failure: null, waiting: 0 }]);
  });

  test.each([
    [
      'an answer to another request',
      'other-nonce',
      async (note: string) => local.reply(timestampRequest(Buffer.from(note), Buffer.of(1, 2, 3))),
    ],
    [
      'a timestamp of something else',
      'other-digest',
      async () => local.reply(timestampRequest(Buffer.from('else'), Buffer.of(1))),
    ],
    ['something else altogether', 'malformed', async () => Buffer.from('<html></html>')],
  ])('are not kept when they are %s', async (_name, code, answer) => {
    await fill(db, 0, 1);
    const { note } = await makeCheckpoint(db, keys.signing, new Date(now));
    http.as.behaviour = async () => ({ status: 200, body: await answer(note) });
    await turn();
    expect((await stamps())[0]?.stamp).toBeNull();
    expect(await readStampStandings(db)).toMatchObject([{ failure: code, waiting: 1 }]);
  });

  test('are not asked for of what was signed before there was an authority, save the latest', async () => {
    for (const turnBefore of [1, 2, 3]) {
      await fill(db, turnBefore - 1, turnBefore);
      await makeCheckpoint(db, keys.signing, new Date(now));
    }
    await turn();
    expect((await stamps()).map(({ stamp }) => stamp !== null)).toEqual([false, false, true]);
    expect(await readStampStandings(db)).toMatchObject([{ waiting: 0 }]);
  });
});
