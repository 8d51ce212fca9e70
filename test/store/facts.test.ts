import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewFact } from '../../src/domain/fact.ts';
import { canonicalText } from '../../src/ledger/canonical.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { appendFacts, FactConflict } from '../../src/store/facts.ts';
import { readStream, readStreams } from '../../src/store/streams.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';

let server: TestDatabase;
let db: Database;

beforeAll(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { connections: 20 });
});

afterAll(async () => {
  await db.destroy();
  await server.drop();
});

function tracked(stream: string, n: number | string, status = 'in_transit'): NewFact {
  const data = { epoch: 1, trackingCode: String(n), status, occurredAt: '2026-03-02T09:00:00.000Z' };
  return {
    stream,
    key: `return.tracked:${stream}:${n}`,
    type: 'return.tracked',
    actor: 'connector:carrier',
    data,
  };
}

async function append(...facts: readonly NewFact[]) {
  return db.transaction().execute((tx) => appendFacts(tx, facts, new Date()));
}

/** What is wrong with a stream, recomputed from its bytes alone. */
async function faultsOf(stream: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('facts')
    .select(['seq', 'canonical', 'digest'])
    .where('stream', '=', stream)
    .orderBy('seq')
    .execute();
  let prev: string | null = null;
  const faults: string[] = [];
  for (const [index, row] of rows.entries()) {
    const fact = JSON.parse(row.canonical) as { seq: number; prev: string | null; stream: string };
    if (row.seq !== index + 1 || fact.seq !== index + 1) faults.push(`seq ${row.seq} at place ${index + 1}`);
    if (fact.prev !== prev) faults.push(`prev of ${row.seq}`);
    if (fact.stream !== stream) faults.push(`stream of ${row.seq}`);
    if (canonicalText(fact) !== row.canonical) faults.push(`${row.seq} is not canonical`);
    prev = createHash('sha256').update(row.canonical, 'utf8').digest('hex');
    if (prev !== row.digest) faults.push(`digest of ${row.seq}`);
  }
  return faults;
}

describe('facts', () => {
  test('a stream has no gap and no fork, however many transactions append to it at once', async () => {
    await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        append(tracked('device:busy', n), tracked('device:busy', `${n}b`)),
      ),
    );
    expect(await readStream(db, 'device:busy')).toHaveLength(120);
    expect(await faultsOf('device:busy')).toEqual([]);
  });

  test('streams that grow side by side each keep their own chain', async () => {
    const streams = ['device:a', 'device:b', 'device:c', 'device:d'];
    await Promise.all(
      Array.from({ length: 80 }, (_, n) =>
        append(...streams.slice(n % 4).map((stream) => tracked(stream, n))),
      ),
    );
    const found = await readStreams(db, [...streams, 'device:none']);
    expect(streams.map((stream) => found.get(stream)?.length)).toEqual([20, 40, 60, 80]);
    expect(found.get('device:none')).toEqual([]);
    for (const stream of streams) expect(await faultsOf(stream)).toEqual([]);
  });

  test('a transaction that fails leaves no fact, and no gap behind it', async () => {
    await append(tracked('device:torn', 1));
    await expect(
      db.transaction().execute(async (tx) => {
        await appendFacts(tx, [tracked('device:torn', 2)], new Date());
        throw new Error('torn');
      }),
    ).rejects.toThrow('torn');
    await append(tracked('device:torn', 3));
    expect((await readStream(db, 'device:torn')).map((fact) => fact.seq)).toEqual([1, 2]);
    expect(await faultsOf('device:torn')).toEqual([]);
  });

  test('the same key with the same content is recorded once, however often and by however many', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => append(tracked('device:once', 1))));
    expect(results.flat()).toHaveLength(1);
    expect(await append(tracked('device:once', 1), tracked('device:once', 1))).toEqual([]);
    expect(await readStream(db, 'device:once')).toHaveLength(1);
  });

  test('the same key with another content is an error and changes nothing', async () => {
    await append(tracked('device:conflict', 1));
    await expect(
      append(tracked('device:conflict', 2), tracked('device:conflict', 1, 'delivered')),
    ).rejects.toThrow(FactConflict);
    expect((await readStream(db, 'device:conflict')).map((fact) => fact.key)).toEqual([
      'return.tracked:device:conflict:1',
    ]);
  });

  test('the same key in another stream is an error too', async () => {
    await append(tracked('device:first', 1));
    await expect(append({ ...tracked('device:first', 1), stream: 'device:second' })).rejects.toThrow(
      FactConflict,
    );
  });

  test('nothing but the fields of a fact enters the ledger', async () => {
    const rich = {
      ...tracked('device:rich', 1),
      vendorBody: 'somebody’s name',
      seq: 7,
      prev: 'x',
      at: 'never',
    };
    const [fact] = await append(rich);
    expect(Object.keys(fact ?? {}).toSorted()).toEqual([
      'actor',
      'at',
      'data',
      'key',
      'prev',
      'seq',
      'stream',
      'type',
      'v',
    ]);
    expect([fact?.seq, fact?.prev]).toEqual([1, null]);
  });

  test.each([
    ['changed', sql`update facts set canonical = '{}'`],
    ['deleted', sql`delete from facts`],
    ['emptied', sql`truncate facts cascade`],
  ])('the database itself refuses that facts are %s, also by their owner', async (_what, statement) => {
    await append(tracked('device:kept', _what));
    const before = await db
      .selectFrom('facts')
      .select(db.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    await expect(statement.execute(db)).rejects.toThrow(/insert-only/u);
    expect(
      await db.selectFrom('facts').select(db.fn.countAll<number>().as('n')).executeTakeFirstOrThrow(),
    ).toEqual(before);
  });
});
