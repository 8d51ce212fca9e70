import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { queueWakes, relayBatch } from '../../src/store/outbox.ts';
import type { Wake } from '../../src/store/outbox.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';

let server: TestDatabase;
let db: Database;

beforeAll(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { connections: 12 });
});

beforeEach(async () => {
  await db.deleteFrom('outbox').execute();
});

afterAll(async () => {
  await db.destroy();
  await server.drop();
});

function wake(n: number | string): Wake {
  return { workflowId: `case:${n}:1`, workflowType: 'offboardingCase' };
}

async function queue(...wakes: readonly Wake[]): Promise<void> {
  await db.transaction().execute((tx) => queueWakes(tx, wakes));
}

/** How many rows some relay has taken. */
async function leased(): Promise<number> {
  const { rows } = await sql<{ id: number }>`select id from outbox where next_attempt_at > now()`.execute(db);
  return rows.length;
}

/** What `during` found while a delivery was under way. */
async function relayed<T>(during: () => Promise<T>): Promise<T> {
  const found: T[] = [];
  await relayBatch(db, async () => void found.push(await during()));
  const [first] = found;
  if (first === undefined) throw new Error('nothing was delivered');
  return first;
}

async function waiting(): Promise<number> {
  return (await db.selectFrom('outbox').select('id').execute()).length;
}

describe('the outbox', () => {
  test('hands on many reasons to wake one workflow as one', async () => {
    for (let n = 0; n < 20; n += 1) await queue(wake(n % 2));
    const delivered: string[] = [];
    const batch = await relayBatch(db, async ({ workflowId }) => void delivered.push(workflowId));
    expect(batch).toEqual({ delivered: 20, failed: 0, error: null });
    expect(delivered.toSorted()).toEqual(['case:0:1', 'case:1:1']);
    expect(await waiting()).toBe(0);
  });

  test('settles each wake by itself: one that fails stays, waits, and holds up no other', async () => {
    await queue(wake('a'), wake('b'), wake('c'));
    const delivered: string[] = [];
    const deliver = async ({ workflowId }: Wake) => {
      if (workflowId === 'case:b:1') throw new Error('no server');
      delivered.push(workflowId);
    };
    expect(await relayBatch(db, deliver)).toMatchObject({
      delivered: 2,
      failed: 1,
      error: { message: 'no server' },
    });
    expect(delivered.toSorted()).toEqual(['case:a:1', 'case:c:1']);
    const [left] = await db.selectFrom('outbox').selectAll().execute();
    expect(left).toMatchObject({ workflow_id: 'case:b:1', attempts: 1 });
    expect(await relayBatch(db, deliver)).toMatchObject({ delivered: 0, failed: 0 });
    await sql`update outbox set next_attempt_at = now()`.execute(db);
    await relayBatch(db, async ({ workflowId }) => void delivered.push(workflowId));
    expect(delivered.at(-1)).toBe('case:b:1');
    expect(await waiting()).toBe(0);
  });

  test('what a relay took and never settled is taken by another, but not at once', async () => {
    await queue(wake('a'));
    let ended: () => void = () => {};
    const hanging = relayBatch(db, () => new Promise((resolve) => (ended = resolve)));
    await expect.poll(() => leased(), { timeout: 20_000 }).toBe(1);
    expect(await relayBatch(db, async () => {})).toMatchObject({ delivered: 0, failed: 0 });
    await sql`update outbox set next_attempt_at = now()`.execute(db);
    const delivered: string[] = [];
    await relayBatch(db, async ({ workflowId }) => void delivered.push(workflowId));
    expect(delivered).toEqual(['case:a:1']);
    ended();
    await hanging;
    expect(await waiting()).toBe(0);
  });

  test('holds no transaction open while Temporal is asked', async () => {
    await queue(wake('a'));
    const { rows } = await relayed(() =>
      sql<{ open: number }>`select count(*) as open from pg_stat_activity
          where datname = current_database() and state = 'idle in transaction'`.execute(db),
    );
    expect(rows).toEqual([{ open: 0 }]);
  });

  test('a start and a wake of one workflow are a wake; starts alone are a start', async () => {
    await queue(wake('a'));
    await sql`insert into outbox (workflow_id, workflow_type, only_start)
      values ('case:a:1', 'offboardingCase', true), ('case:b:1', 'offboardingCase', true)`.execute(db);
    const delivered: Record<string, boolean> = {};
    await relayBatch(db, async ({ workflowId, onlyStart }) => void (delivered[workflowId] = onlyStart));
    expect(delivered).toEqual({ 'case:a:1': false, 'case:b:1': true });
  });

  test('queues more wakes than a statement has parameters', async () => {
    await queue(...Array.from({ length: 70_000 }, (_, n) => wake(n)));
    expect(await waiting()).toBe(70_000);
  });

  test('hands on nothing of a transaction that failed, nor before it has committed', async () => {
    const delivered: string[] = [];
    const deliver = async ({ workflowId }: Wake) => void delivered.push(workflowId);
    await expect(
      db.transaction().execute(async (tx) => {
        await queueWakes(tx, [wake('torn')]);
        await relayBatch(db, deliver);
        throw new Error('torn');
      }),
    ).rejects.toThrow('torn');
    await relayBatch(db, deliver);
    expect(delivered).toEqual([]);
  });

  test('delivers every row to somebody when several relays work while others write', async () => {
    const delivered = new Set<string>();
    const deliver = async ({ workflowId }: Wake) => void delivered.add(workflowId);
    const writing = Promise.all(Array.from({ length: 100 }, (_, n) => queue(wake(n))));
    const relays = Array.from({ length: 4 }, async () => {
      for (let n = 0; n < 20; n += 1) await relayBatch(db, deliver, 5);
    });
    await Promise.all([writing, ...relays]);
    while ((await waiting()) > 0) await relayBatch(db, deliver);
    expect(delivered.size).toBe(100);
  });

  test('a wake that is queued while another of that workflow is being delivered is not swallowed by it', async () => {
    await queue(wake('x'));
    await relayBatch(db, () => queue(wake('x')));
    expect(await waiting()).toBe(1);
  });
});
