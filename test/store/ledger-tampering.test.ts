import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCheckpoint } from '../../src/store/checkpoints.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database, Tx } from '../../src/store/database.ts';
import { verifyInside } from '../../src/store/verification/verify-ledger.ts';
import { verifyLedger } from '../../src/store/verification/verify-ledger.ts';
import type { LedgerVerdict, OutsideCheckpoint } from '../../src/store/verification/verify-ledger.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { fill, newSigning } from './support/ledger.ts';
import { PutBack, TAMPERINGS, truncateTo, unguard } from './support/tampering.ts';
import type { Pick } from './support/tampering.ts';

/** Seeded changes of each kind. */
const ROUNDS = process.env['HANDBACK_TEST_LONG'] === '1' ? 500 : 25;
const SIZES = [3, 20, 33, 60];
const keys = newSigning();
const verifiersOf = () => [keys.verifier];
let server: TestDatabase;
let db: Database;
const notes: string[] = [];

beforeAll(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { connections: 4 });
  let from = 0;
  for (const size of SIZES) {
    await fill(db, from, size);
    notes.push((await makeCheckpoint(db, keys.signing, new Date())).note);
    from = size;
  }
  await unguard(db);
});

afterAll(async () => {
  await db.destroy();
  await server.drop();
});

/** What a verification finds after a change, which is then put back. */
async function found(
  change: (tx: Tx) => Promise<void>,
  outside: readonly OutsideCheckpoint[] = [],
): Promise<LedgerVerdict> {
  const { promise, resolve } = Promise.withResolvers<LedgerVerdict>();
  await db
    .transaction()
    .execute(async (tx) => {
      await change(tx);
      resolve(await verifyInside(tx, { verifiersOf, outside }));
      throw new PutBack();
    })
    .catch((error: unknown) => {
      if (!(error instanceof PutBack)) throw error;
    });
  return promise;
}

/** The same sequence for the same seed (mulberry32). */
function pickFrom(seed: number): Pick {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

function outsideOf(...some: readonly (string | undefined)[]): readonly OutsideCheckpoint[] {
  return some.map((note, index) => ({ name: `outside ${index}`, note: note ?? '' }));
}

describe('a ledger that nobody touched', () => {
  test('verifies, with every checkpoint that is held outside', async () => {
    const verdict = await verifyLedger(db, { verifiersOf, outside: outsideOf(...notes) });
    expect(verdict).toMatchObject({
      ok: true,
      facts: 60,
      size: 60,
      checkpoints: 4,
      outside: 4,
      findings: [],
    });
  });
});

describe('tampering is found, and by the check that is meant for it', () => {
  test.each(TAMPERINGS.map((one) => [one.name, one] as const))(
    '%s',
    async (_name, { change, foundBy }) => {
      for (let seed = 1; seed <= ROUNDS; seed += 1) {
        const { ok, failed } = await found((tx) => change(tx, pickFrom(seed * 7919)));
        expect({ seed, ok, by: foundBy.some((check) => (failed[check] ?? 0) > 0) }).toEqual({
          seed,
          ok: false,
          by: true,
        });
      }
    },
    120_000,
  );
});

describe('what only a checkpoint from outside shows', () => {
  /** Everything that is signed inside is put back too. */
  async function rollBack(tx: Tx, pick: Pick): Promise<void> {
    await truncateTo(tx, pick);
    await sql`delete from ledger_checkpoints where size > (select size from ledger_head)`.execute(tx);
  }

  test('a database that was rolled back is whole in itself; the checkpoint outside is of more facts', async () => {
    for (let seed = 1; seed <= ROUNDS; seed += 1) {
      const pick = pickFrom(seed);
      const inside = await found((tx) => rollBack(tx, pick));
      expect(inside).toMatchObject({ ok: true });
      const { ok, failed } = await found((tx) => rollBack(tx, pickFrom(seed)), outsideOf(notes.at(-1)));
      expect({ seed, ok, failed }).toEqual({ seed, ok: false, failed: { 'outside-rollback': 1 } });
    }
  });

  test('a ledger written anew and signed by the right key has another root than was published', async () => {
    const other = await testDatabase();
    const anew = openDatabase(other.url, { connections: 4 });
    try {
      await fill(anew, 100, 160);
      await makeCheckpoint(anew, keys.signing, new Date());
      expect((await verifyLedger(anew, { verifiersOf, outside: [] })).ok).toBe(true);
      const { failed } = await verifyLedger(anew, { verifiersOf, outside: outsideOf(...notes) });
      expect(failed).toEqual({ 'outside-root': 4 });
    } finally {
      await anew.destroy();
      await other.drop();
    }
  });

  test('a checkpoint of another log, of another key, or changed, is none of ours', async () => {
    const strangers = newSigning();
    const other = newSigning('other.test/log');
    const fake = await makeCheckpointElsewhere(strangers);
    const foreign = await makeCheckpointElsewhere(other);
    const changed = notes[0]?.replace('\n3\n', '\n4\n');
    const { failed } = await verifyLedger(db, {
      verifiersOf,
      outside: outsideOf(fake, foreign, changed, 'no note'),
    });
    expect(failed).toEqual({ 'outside-signature': 4 });
  });

  async function makeCheckpointElsewhere({ signing }: ReturnType<typeof newSigning>): Promise<string> {
    const other = await testDatabase();
    const elsewhere = openDatabase(other.url, { connections: 2 });
    try {
      return (await makeCheckpoint(elsewhere, signing, new Date())).note;
    } finally {
      await elsewhere.destroy();
      await other.drop();
    }
  }
});

describe('yesterday’s database, restored', () => {
  test('verifies by itself, and is found by the checkpoint that was published since', async () => {
    const today = await testDatabase();
    const live = openDatabase(today.url, { connections: 3 });
    await fill(live, 0, 12);
    await makeCheckpoint(live, keys.signing, new Date());
    await live.destroy();
    const yesterday = await copyOf(today.url);
    const again = openDatabase(today.url, { connections: 3 });
    await fill(again, 12, 20);
    const published = (await makeCheckpoint(again, keys.signing, new Date())).note;
    await again.destroy();
    await today.drop();

    const restored = openDatabase(yesterday.url, { connections: 3 });
    try {
      expect((await verifyLedger(restored, { verifiersOf, outside: [] })).ok).toBe(true);
      const behind = await verifyLedger(restored, { verifiersOf, outside: outsideOf(published) });
      expect(behind.failed).toEqual({ 'outside-rollback': 1 });
      // Grown past it again, by other facts and under the same key, it is still not what was published.
      await fill(restored, 50, 70);
      await makeCheckpoint(restored, keys.signing, new Date());
      const forked = await verifyLedger(restored, { verifiersOf, outside: outsideOf(published) });
      expect(forked.failed).toEqual({ 'outside-root': 1 });
    } finally {
      await restored.destroy();
      await yesterday.drop();
    }
  });

  async function copyOf(url: string): Promise<TestDatabase> {
    const name = new URL(url).pathname.slice(1);
    const copy = `${name}_yesterday`;
    const admin = openDatabase(server.url, { connections: 1 });
    await sql.raw(`create database ${copy} template ${name}`).execute(admin);
    await admin.destroy();
    const copied = new URL(url);
    copied.pathname = `/${copy}`;
    return {
      url: copied.href,
      drop: async () => {
        const again = openDatabase(server.url, { connections: 1 });
        await sql.raw(`drop database ${copy} with (force)`).execute(again);
        await again.destroy();
      },
    };
  }
});
