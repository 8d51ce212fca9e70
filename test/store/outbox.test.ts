import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
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

async function waiting(): Promise<number> {
  return (await db.selectFrom('outbox').select('id').execute()).length;
}

describe('the outbox', () => {
  test('hands on many reasons to wake one workflow as one', async () => {
    for (let n = 0; n < 20; n += 1) await queue(wake(n % 2));
    const delivered: string[] = [];
    expect(await relayBatch(db, async ({ workflowId }) => void delivered.push(workflowId))).toBe(20);
    expect(delivered.toSorted()).toEqual(['case:0:1', 'case:1:1']);
    expect(await waiting()).toBe(0);
  });

  test('loses nothing when the delivery fails: it is handed on again', async () => {
    await queue(wake('a'), wake('b'));
    let calls = 0;
    const failing = async ({ workflowId }: Wake) => {
      calls += 1;
      if (workflowId === 'case:b:1') throw new Error('no server');
    };
    await expect(relayBatch(db, failing)).rejects.toThrow('no server');
    expect([calls, await waiting()]).toEqual([2, 2]);
    const delivered: string[] = [];
    await relayBatch(db, async ({ workflowId }) => void delivered.push(workflowId));
    expect(delivered.toSorted()).toEqual(['case:a:1', 'case:b:1']);
    expect(await waiting()).toBe(0);
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
