import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { appendFacts } from '../../src/store/facts.ts';
import { sequenceBatch } from '../../src/store/sequencer.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';

let server: TestDatabase;
let db: Database;

beforeAll(async () => {
  server = await testDatabase();
});

beforeEach(() => {
  db = openDatabase(server.url, { connections: 12 });
  return () => db.destroy();
});

afterAll(() => server.drop());

function fact(n: string) {
  const data = { epoch: 1, trackingCode: n, status: 'in_transit', occurredAt: '2026-03-02T09:00:00.000Z' };
  return {
    stream: `device:${n.slice(0, 1)}`,
    key: `k:${n}`,
    type: 'return.tracked',
    actor: 'connector:c',
    data,
  } as const;
}

async function append(n: string): Promise<void> {
  await db.transaction().execute((tx) => appendFacts(tx, [fact(n)], new Date()));
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

/** RFC 6962 §2.1, over all leaves at once. */
function treeHash(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return sha256();
  if (leaves.length === 1) return sha256(Uint8Array.of(0), first);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Uint8Array.of(1), treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

/** What is wrong with the log, recomputed from the facts' bytes. */
async function faults(): Promise<readonly string[]> {
  const leaves = await db
    .selectFrom('ledger_leaves')
    .innerJoin('facts', 'facts.id', 'ledger_leaves.fact_id')
    .select(['leaf_index', 'canonical', 'key'])
    .orderBy('leaf_index')
    .execute();
  const head = await db.selectFrom('ledger_head').selectAll().executeTakeFirstOrThrow();
  const found = leaves.flatMap((leaf, index) =>
    leaf.leaf_index === index ? [] : [`leaf ${leaf.leaf_index} at ${index}`],
  );
  if (new Set(leaves.map((leaf) => leaf.key)).size !== leaves.length) found.push('a fact twice');
  if (head.size !== leaves.length) found.push(`size ${head.size} for ${leaves.length} leaves`);
  const expected = treeHash(leaves.map((leaf) => Buffer.from(leaf.canonical, 'utf8')));
  if (!expected.equals(head.root)) found.push('another root');
  return found;
}

async function counts(): Promise<{
  readonly facts: number;
  readonly leaves: number;
  readonly pending: number;
}> {
  const of = async (table: 'facts' | 'ledger_leaves' | 'ledger_pending') =>
    (await db.selectFrom(table).select(db.fn.countAll<number>().as('n')).executeTakeFirstOrThrow()).n;
  return { facts: await of('facts'), leaves: await of('ledger_leaves'), pending: await of('ledger_pending') };
}

async function drain(limit?: number): Promise<void> {
  while ((await counts()).pending > 0) await sequenceBatch(db, limit);
}

describe('sequencer', () => {
  test('the log of an empty installation has the root of nothing', async () => {
    expect(await sequenceBatch(db)).toBe(0);
    expect(await faults()).toEqual([]);
  });

  test('every fact becomes one leaf, without a gap, while many write and two sequence', async () => {
    const writing = new AbortController();
    const sequence = async () => {
      while (!writing.signal.aborted) await sequenceBatch(db, 7);
    };
    const sequencers = [sequence(), sequence()];
    await Promise.all(Array.from({ length: 150 }, (_, n) => append(`${n % 5}-${n}`)));
    writing.abort();
    await Promise.all(sequencers);
    await drain();
    const { facts, leaves } = await counts();
    expect(leaves).toBe(facts);
    expect(await faults()).toEqual([]);
  });

  test('a fact that commits after a younger one is not passed over', async () => {
    const gate = Promise.withResolvers<void>();
    const inserted = Promise.withResolvers<void>();
    const slow = db.transaction().execute(async (tx) => {
      await appendFacts(tx, [fact('x-slow')], new Date());
      inserted.resolve();
      await gate.promise;
    });
    await inserted.promise;
    await append('y-fast');
    await drain();
    const before = await counts();
    expect(before.leaves).toBe(before.facts);
    gate.resolve();
    await slow;
    await drain();
    const after = await counts();
    expect([after.facts, after.leaves]).toEqual([before.facts + 1, before.leaves + 1]);
    expect(await faults()).toEqual([]);
  });

  test('only one sequences at a time; the other is told so at once', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, n) => append(`z-${n}`)));
    const results = await Promise.all(Array.from({ length: 8 }, () => sequenceBatch(db, 5)));
    const added = results.filter((one) => one !== null);
    expect(added.length).toBeGreaterThan(0);
    expect(added.every((one) => one <= 5)).toBe(true);
    await drain(5);
    expect(await faults()).toEqual([]);
  });

  test('a fact whose transaction failed never becomes a leaf', async () => {
    const before = await counts();
    await expect(
      db.transaction().execute(async (tx) => {
        await appendFacts(tx, [fact('w-torn')], new Date());
        throw new Error('torn');
      }),
    ).rejects.toThrow('torn');
    await drain();
    expect(await counts()).toEqual(before);
    expect(await faults()).toEqual([]);
  });

  test('the database refuses that leaves are changed or deleted', async () => {
    await append('v-1');
    await drain();
    await expect(db.updateTable('ledger_leaves').set({ leaf_index: 999 }).execute()).rejects.toThrow(
      /insert-only/u,
    );
    await expect(db.deleteFrom('ledger_leaves').execute()).rejects.toThrow(/insert-only/u);
    expect(await faults()).toEqual([]);
  });
});
