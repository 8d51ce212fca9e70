/** Reading streams: what is known is not read again, and is never more or less than what stands in the database. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewFact } from '../../src/domain/fact.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { appendFacts } from '../../src/store/facts.ts';
import { lockStream, lockStreams } from '../../src/store/held-streams.ts';
import { readAside, readHeldStreams, readStream, readStreams } from '../../src/store/streams.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';

let servers: TestDatabase[];
let here: Database;
/** Another process on the same database: it knows nothing that `here` has read. */
let beside: Database;
/** Another database, where streams have the same names. */
let elsewhere: Database;

beforeAll(async () => {
  servers = [await testDatabase(), await testDatabase()];
  const [one, other] = servers;
  here = openDatabase(one?.url ?? '');
  beside = openDatabase(one?.url ?? '');
  elsewhere = openDatabase(other?.url ?? '');
});

afterAll(async () => {
  await Promise.all([here.destroy(), beside.destroy(), elsewhere.destroy()]);
  await Promise.all(servers.map((server) => server.drop()));
});

function tracked(stream: string, n: number): NewFact {
  const data = {
    epoch: 1,
    trackingCode: String(n),
    status: 'in_transit',
    occurredAt: '2026-03-02T09:00:00.000Z',
  };
  return {
    stream,
    key: `return.tracked:${stream}:${n}`,
    type: 'return.tracked',
    actor: 'connector:carrier',
    data,
  };
}

const append = (db: Database, ...facts: readonly NewFact[]) =>
  db.transaction().execute((tx) => appendFacts(tx, facts, new Date()));
const codes = async (db: Parameters<typeof readStream>[0], stream: string) =>
  (await readStream(db, stream)).map((fact) => (fact.data as { trackingCode: string }).trackingCode);

describe('a stream that was read before', () => {
  test('shows what somebody else has appended since', async () => {
    await append(here, tracked('device:s1', 1));
    expect(await codes(here, 'device:s1')).toEqual(['1']);
    await append(beside, tracked('device:s1', 2), tracked('device:s1', 3));
    expect(await codes(here, 'device:s1')).toEqual(['1', '2', '3']);
    expect((await readStreams(here, ['device:s1', 'device:none'])).get('device:none')).toEqual([]);
  });

  test('is as long under its lock as it is in the database, and longer by what the transaction appends', async () => {
    await append(here, tracked('device:s2', 1));
    await codes(here, 'device:s2');
    await append(beside, tracked('device:s2', 2));
    await here.transaction().execute(async (tx) => {
      await lockStream(tx, 'device:s2');
      expect(await codes(tx, 'device:s2')).toEqual(['1', '2']);
      await appendFacts(tx, [tracked('device:s2', 3)], new Date());
      expect(await codes(tx, 'device:s2')).toEqual(['1', '2', '3']);
      expect(await codes(beside, 'device:s2')).toEqual(['1', '2']);
    });
    expect(await codes(here, 'device:s2')).toEqual(['1', '2', '3']);
  });

  test('that is read beside a transaction stands under its lock only as far as it has not grown since', async () => {
    await append(here, tracked('device:s9a', 1), tracked('device:s9a', 2), tracked('device:s9b', 1));
    const streams = ['device:s9a', 'device:s9b'];
    await here.transaction().execute(async (tx) => {
      const read = await readAside(here, [...streams, 'device:none']);
      expect([...read.keys()].toSorted()).toEqual(streams);
      await append(beside, tracked('device:s9b', 2), tracked('device:s9b', 3));
      await lockStreams(tx, streams, read);
      const held = await readHeldStreams(tx, streams);
      expect(held.get('device:s9a')).toBe(read.get('device:s9a')?.facts);
      expect(held.get('device:s9b')?.map(({ seq }) => seq)).toEqual([1, 2, 3]);
      expect(await codes(tx, 'device:s9b')).toEqual(['1', '2', '3']);
    });
  });

  test('forgets what a transaction appended that failed', async () => {
    await append(here, tracked('device:s3', 1));
    const failing = here.transaction().execute(async (tx) => {
      await appendFacts(tx, [tracked('device:s3', 2)], new Date());
      expect(await codes(tx, 'device:s3')).toEqual(['1', '2']);
      await appendFacts(tx, [tracked('device:s3', 3)], new Date());
      expect(await codes(tx, 'device:s3')).toEqual(['1', '2', '3']);
      throw new Error('given up');
    });
    await expect(failing).rejects.toThrow('given up');
    expect(await codes(here, 'device:s3')).toEqual(['1']);
    await append(beside, tracked('device:s3', 4));
    expect(await codes(here, 'device:s3')).toEqual(['1', '4']);
  });

  test('is another one in another database', async () => {
    await append(here, tracked('device:s4', 1));
    await append(elsewhere, tracked('device:s4', 7));
    expect(await codes(here, 'device:s4')).toEqual(['1']);
    expect(await codes(elsewhere, 'device:s4')).toEqual(['7']);
  });

  test('is read anew where what follows does not fit on what is known', async () => {
    await append(here, tracked('device:s5', 1), tracked('device:s5', 2));
    expect(await codes(here, 'device:s5')).toEqual(['1', '2']);
    // A database that was put back to an earlier state and went another way from there.
    await beside.deleteFrom('ledger_pending').execute();
    await beside.transaction().execute(async (tx) => {
      const rows = await tx
        .selectFrom('facts')
        .select(['seq', 'digest'])
        .where('stream', '=', 'device:s5')
        .orderBy('seq')
        .execute();
      await tx
        .updateTable('streams')
        .set({ seq: 2, digest: rows[0]?.digest ?? '' })
        .where('stream', '=', 'device:s5')
        .execute();
    });
    await append(beside, tracked('device:s5', 9));
    expect(await codes(here, 'device:s5')).toEqual(['1', '2', '9']);
  });

  test('is read anew under its lock where it does not end as the locked one does', async () => {
    await append(here, tracked('device:s7', 1), tracked('device:s7', 2));
    expect(await codes(here, 'device:s7')).toEqual(['1', '2']);
    // As long as before, and yet another one: put back, and gone on differently.
    await sql`alter table facts disable trigger user`.execute(beside);
    await sql`update facts set canonical = replace(canonical, '"2"', '"8"'), digest = repeat('e', 64)
      where stream = 'device:s7' and seq = 2`.execute(beside);
    await sql`update streams set digest = repeat('e', 64) where stream = 'device:s7'`.execute(beside);
    await sql`alter table facts enable trigger user`.execute(beside);
    await here.transaction().execute(async (tx) => {
      await lockStream(tx, 'device:s7');
      expect(await codes(tx, 'device:s7')).toEqual(['1', '8']);
    });
  });

  test('never lacks a fact, however many append and read at once', async () => {
    const lengths = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        await append(n % 2 === 0 ? here : beside, tracked('device:s6', n));
        return (await readStream(here, 'device:s6')).map((fact) => fact.seq);
      }),
    );
    for (const seqs of lengths) expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    expect(await readStream(here, 'device:s6')).toHaveLength(40);
  });
});
