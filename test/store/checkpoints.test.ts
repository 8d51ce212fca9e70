import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/ledger/checkpoint.ts';
import { append, EMPTY_TREE, leafHash, root } from '../../src/ledger/merkle.ts';
import { verifyConsistency, verifyInclusion } from '../../src/ledger/proof-checks.ts';
import { consistencyProof, inclusionProof } from '../../src/ledger/proofs.ts';
import { latestCheckpoint, makeCheckpoint } from '../../src/store/checkpoints.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { appendFacts } from '../../src/store/facts.ts';
import { NodeMissing, storedNodes } from '../../src/store/ledger-nodes.ts';
import { sequenceBatch } from '../../src/store/sequencer.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { factOf, fill, newSigning, ORIGIN } from './support/ledger.ts';

let server: TestDatabase;
let db: Database;
const NOW = new Date('2026-03-02T10:00:00.000Z');

beforeEach(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { connections: 6 });
});

afterEach(async () => {
  await db.destroy();
  await server.drop();
});

async function leaves(): Promise<readonly Buffer[]> {
  const rows = await db.selectFrom('ledger_leaves').select('leaf_hash').orderBy('leaf_index').execute();
  return rows.map((row) => row.leaf_hash);
}

function headOf(hashes: readonly Buffer[]) {
  const tree = append(EMPTY_TREE, hashes);
  return { size: tree.size, root: root(tree) };
}

/** What a worker of the version before kept: leaves and the frontier, no nodes. */
async function forgetNodes(): Promise<void> {
  await sql`alter table ledger_nodes disable trigger ledger_nodes_insert_only`.execute(db);
  await db.deleteFrom('ledger_nodes').execute();
  await sql`alter table ledger_nodes enable always trigger ledger_nodes_insert_only`.execute(db);
  await db.updateTable('ledger_head').set({ noded: 0 }).execute();
}

describe('proofs from stored nodes', () => {
  test('every leaf is proven in every tree that had it, and every tree is the beginning of the last', async () => {
    for (const [from, to] of [
      [0, 1],
      [1, 6],
      [6, 37],
    ] as const)
      await fill(db, from, to);
    const hashes = await leaves();
    const read = storedNodes(db);
    for (const size of [1, 2, 7, 8, 31, 36, 37]) {
      const head = headOf(hashes.slice(0, size));
      expect(verifyConsistency(head, headOf(hashes), await consistencyProof(size, 37, read))).toBe(true);
      for (let index = 0; index < size; index += 5) {
        const proof = await inclusionProof(index, size, read);
        const leaf = hashes[index] ?? Buffer.of();
        expect(verifyInclusion({ index, leafHash: leaf, hashes: proof }, head)).toBe(true);
      }
    }
  });

  test('leaves that another version added without their nodes get them with the next batch', async () => {
    await fill(db, 0, 21);
    await forgetNodes();
    await fill(db, 21, 24);
    const hashes = await leaves();
    const proof = await inclusionProof(3, 24, storedNodes(db));
    expect(
      verifyInclusion({ index: 3, leafHash: hashes[3] ?? Buffer.of(), hashes: proof }, headOf(hashes)),
    ).toBe(true);
    const { noded, size } = await db.selectFrom('ledger_head').selectAll().executeTakeFirstOrThrow();
    expect([noded, size]).toEqual([24, 24]);
  });

  test('a node that is gone is an error, never a wrong proof', async () => {
    await fill(db, 0, 8);
    await forgetNodes();
    await expect(inclusionProof(0, 8, storedNodes(db))).rejects.toThrow(NodeMissing);
  });
});

describe('checkpoints', () => {
  test('cover every fact committed before, sequenced or not, and follow one another with proofs', async () => {
    const { signing, verifier } = newSigning();
    const first = await makeCheckpoint(db, signing, NOW);
    await db.transaction().execute((tx) => appendFacts(tx, [factOf(0), factOf(1), factOf(2)], NOW));
    const second = await makeCheckpoint(db, signing, NOW);
    await fill(db, 3, 9);
    const third = await makeCheckpoint(db, signing, NOW);
    const opened = [first, second, third].map(({ note }) => openCheckpoint(note, [verifier]));
    expect(opened.map(({ size }) => size)).toEqual([0, 3, 9]);
    expect(opened[2]).toMatchObject({ origin: ORIGIN, root: headOf(await leaves()).root });
    expect([first.previous_id, second.previous_id, third.previous_id]).toEqual([null, first.id, second.id]);
    const [one, two, three] = opened;
    if (one === undefined || two === undefined || three === undefined) throw new Error('three were made');
    expect(verifyConsistency(one, two, second.consistency)).toBe(true);
    expect(verifyConsistency(two, three, third.consistency)).toBe(true);
    expect(await latestCheckpoint(db)).toEqual(third);
  });

  test('are not repeated while nothing was recorded, also when many ask at once', async () => {
    const { signing } = newSigning();
    await fill(db, 0, 3);
    const made = await Promise.all(Array.from({ length: 6 }, () => makeCheckpoint(db, signing, NOW)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  });

  test('are made while facts come in and others sequence, and each goes on from the one before', async () => {
    const { signing } = newSigning();
    const writing = new AbortController();
    const sequencing = (async () => {
      while (!writing.signal.aborted) await sequenceBatch(db, 3);
    })();
    const written = fill(db, 0, 60);
    for (let n = 0; n < 8; n += 1) await makeCheckpoint(db, signing, NOW);
    await written;
    writing.abort();
    await sequencing;
    expect((await makeCheckpoint(db, signing, NOW)).size).toBe(60);
  });

  test('are signed by the old key too while a rotation overlaps', async () => {
    const [older, newer] = [newSigning(), newSigning()];
    await fill(db, 0, 2);
    await makeCheckpoint(db, older.signing, NOW);
    const both = { origin: ORIGIN, signers: [newer.signer, older.signer] };
    const { note, size } = await makeCheckpoint(db, both, NOW);
    expect(size).toBe(2);
    expect(openCheckpoint(note, [older.verifier]).size).toBe(2);
    expect(openCheckpoint(note, [newer.verifier]).size).toBe(2);
  });

  test('the log keeps its name: one that was made up stays, another one is refused', async () => {
    const { signer } = newSigning();
    const { origin } = await makeCheckpoint(db, { origin: null, signers: [signer] }, NOW);
    expect(origin).toMatch(/^handback\.invalid\/[0-9a-f]{16}$/u);
    await fill(db, 0, 1);
    expect((await makeCheckpoint(db, { origin: null, signers: [newSigning().signer] }, NOW)).origin).toBe(
      origin,
    );
    await expect(
      makeCheckpoint(db, { origin: 'other.test/log', signers: [signer] }, NOW),
    ).rejects.toMatchObject({
      code: 'another-origin',
    });
  });

  test('without a key none is made', async () => {
    await expect(makeCheckpoint(db, { origin: ORIGIN, signers: [] }, NOW)).rejects.toMatchObject({
      code: 'no-key',
    });
  });

  test('nothing is signed over a past that was rewritten', async () => {
    const { signing } = newSigning();
    await fill(db, 0, 6);
    await makeCheckpoint(db, signing, NOW);
    await rewrite('changed');
    await fill(db, 6, 9);
    await expect(makeCheckpoint(db, signing, NOW)).rejects.toMatchObject({ code: 'rewritten' });
  });

  test('nothing is signed over a ledger that is shorter than what was signed', async () => {
    const { signing } = newSigning();
    await fill(db, 0, 6);
    await makeCheckpoint(db, signing, NOW);
    await sql`alter table ledger_head disable trigger ledger_head_grows`.execute(db);
    const short = append(EMPTY_TREE, (await leaves()).slice(0, 4));
    await db
      .updateTable('ledger_head')
      .set({ size: 4, frontier: [...short.frontier], root: root(short), noded: 4 })
      .execute();
    await expect(makeCheckpoint(db, signing, NOW)).rejects.toMatchObject({ code: 'rolled-back' });
  });

  /** Somebody with every right replaces the first leaf, and makes tree and nodes fit. */
  async function rewrite(text: string): Promise<void> {
    await sql`alter table ledger_leaves disable trigger ledger_leaves_insert_only`.execute(db);
    await db
      .updateTable('ledger_leaves')
      .set({ leaf_hash: leafHash(text) })
      .where('leaf_index', '=', 0)
      .execute();
    const tree = append(EMPTY_TREE, await leaves());
    await db
      .updateTable('ledger_head')
      .set({ frontier: [...tree.frontier], root: root(tree) })
      .execute();
    await forgetNodes();
  }
});

describe('the database refuses', () => {
  test.each([
    ['a changed node', sql`update ledger_nodes set hash = '\\x00'`],
    ['a deleted node', sql`delete from ledger_nodes`],
    ['a changed checkpoint', sql`update ledger_checkpoints set note = ''`],
    ['a deleted checkpoint', sql`delete from ledger_checkpoints`],
    ['emptied checkpoints', sql`truncate ledger_checkpoints`],
    ['a head that shrinks', sql`update ledger_head set size = 1`],
    ['a deleted head', sql`delete from ledger_head`],
    ['an emptied head', sql`truncate ledger_head`],
  ])('%s', async (_what, statement) => {
    await fill(db, 0, 5);
    await makeCheckpoint(db, newSigning().signing, NOW);
    await expect(statement.execute(db)).rejects.toThrow(/insert-only|only grows/u);
  });

  test('changes in a session that says it is a replica', async () => {
    await fill(db, 0, 2);
    await expect(
      db.transaction().execute(async (tx) => {
        await sql`set local session_replication_role = replica`.execute(tx);
        await sql`delete from ledger_leaves`.execute(tx);
      }),
    ).rejects.toThrow(/insert-only/u);
  });

  test('two checkpoints that go on from the same one', async () => {
    await fill(db, 0, 2);
    await makeCheckpoint(db, newSigning().signing, NOW);
    await expect(
      sql`insert into ledger_checkpoints (origin, size, root, note, previous_id, consistency, signed_at)
          select origin, size, root, note, previous_id, consistency, signed_at from ledger_checkpoints`.execute(
        db,
      ),
    ).rejects.toThrow(/previous_id/u);
  });
});
