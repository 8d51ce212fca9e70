/** Runs of the books held against our records, over an inventory that the test turns page by page. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Asset } from '../../src/adapters/inventory/port.ts';
import {
  abandonAssets,
  planReconciliation,
  readBooks,
  startScheduled,
} from '../../src/activities/asset-books.ts';
import { judgeAssets } from '../../src/activities/asset-judgement.ts';
import type { EngineContext } from '../../src/activities/context.ts';
import { RECONCILIATION_STREAM, deviceStream } from '../../src/domain/fact.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { appendFacts } from '../../src/store/facts.ts';
import { readStream } from '../../src/store/streams.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { inForce } from '../support/postgres/in-force.ts';
import { POLICY } from '../unit/domain/support/history.ts';
import { insertOpenCustody } from './support/rows.ts';

const NOW = new Date('2026-07-01T03:00:00Z');
const PAGE = 500;
const BEAT = () => undefined;

let server: TestDatabase;
let db: Database;
beforeAll(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { connections: 6 });
  await inForce(db, POLICY);
});
beforeEach(async () => {
  await db
    .updateTable('asset_reconciliations')
    .set({ finished_at: NOW, outcome: 'abandoned' })
    .where('finished_at', 'is', null)
    .execute();
  for (const table of ['asset_records', 'asset_findings', 'asset_exceptions'] as const)
    await db.deleteFrom(table).execute();
});
afterAll(async () => {
  await db.destroy();
  await server.drop();
});

/** So many records, of which every hundredth is sold and still written off. */
function record(index: number): Asset {
  return {
    externalId: String(index),
    serial: `PFBOOKS${String(index).padStart(6, '0')}`,
    manufacturer: null,
    model: null,
    assetTag: null,
    platform: 'windows',
    ownership: 'corporate',
    holderExternalId: 'somebody',
    heldBySubject: false,
    lastSeenAt: null,
    state: index % 100 === 0 ? 'sold' : 'in-use',
    label: 'as it stands',
    disposalReference: null,
    books: { closedOn: null, licences: null, depreciating: index % 100 === 0 },
  };
}

interface Shelf {
  readonly total: number;
  /** These instead of made-up ones. */
  readonly records?: readonly Asset[];
  /** Throws at this page, once. */
  failAt?: number;
  readonly asked: number[];
}

function contextOf(shelves: Readonly<Record<string, Shelf>>): EngineContext {
  const inventory = Object.entries(shelves).map(([name, shelf]) => [
    name,
    {
      name,
      mode: 'observe',
      port: {
        async listAssets(cursor: string | null) {
          const from = Number(cursor ?? 0);
          shelf.asked.push(from);
          if (shelf.failAt === from) {
            delete shelf.failAt;
            throw new Error('broke off');
          }
          const to = Math.min(shelf.total, from + PAGE);
          const items =
            shelf.records ?? Array.from({ length: to - from }, (_, index) => record(from + index));
          return { items, next: to < shelf.total ? String(to) : null };
        },
      },
    },
  ]) as readonly [string, unknown][];
  return {
    db,
    clock: () => NOW,
    connectors: { inventory: new Map(inventory) },
  } as unknown as EngineContext;
}

async function begin(context: EngineContext): Promise<string> {
  await startScheduled(context);
  const { id } = await db
    .selectFrom('asset_reconciliations')
    .select('id')
    .where('finished_at', 'is', null)
    .executeTakeFirstOrThrow();
  return id;
}

const rowOf = (id: string) =>
  db.selectFrom('asset_reconciliations').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const openNow = () =>
  db
    .selectFrom('asset_exceptions')
    .innerJoin('exceptions', 'exceptions.id', 'asset_exceptions.exception_id')
    .select(['serial', 'kind', 'resolved_at', 'ended_in'])
    .where('resolved_at', 'is', null)
    .execute();

describe('a run', () => {
  it('goes on with the page at which the reading broke off, keeps each record once, and judges it once', async () => {
    const shelf: Shelf = { total: 1_300, failAt: 500, asked: [] };
    const context = contextOf({ books: shelf });
    const reconciliationId = await begin(context);
    const ref = { reconciliationId, connector: 'books' };
    await expect(readBooks(context, ref)).rejects.toThrow('broke off');
    await expect(judgeAssets(context, ref, BEAT)).rejects.toThrow('not read whole');
    await readBooks(context, ref);
    expect(shelf.asked).toEqual([0, 500, 500, 1000]);
    await Promise.all([
      judgeAssets(context, ref, BEAT),
      judgeAssets(context, ref, BEAT).catch(() => undefined),
    ]);
    await judgeAssets(context, ref, BEAT);
    expect(await rowOf(reconciliationId)).toMatchObject({
      outcome: 'judged',
      assets_read: 1_300,
      agreeing: 1_287,
      opened: 13,
      counts: { 'still-depreciating': 13, ghost: 0 },
    });
    expect(await openNow()).toHaveLength(13);
    const finished = (await readStream(db, RECONCILIATION_STREAM)).filter(
      ({ key }) => key === `reconciliation.finished:${reconciliationId}`,
    );
    expect(finished).toHaveLength(1);
  });

  it('is one at a time, however many ask', async () => {
    const context = contextOf({ books: { total: 1, asked: [] } });
    await Promise.all(Array.from({ length: 5 }, () => startScheduled(context)));
    const running = await db
      .selectFrom('asset_reconciliations')
      .select('id')
      .where('finished_at', 'is', null)
      .execute();
    expect(running).toHaveLength(1);
  });

  it('heals nothing that was found in an inventory that it has not read', async () => {
    const whole = contextOf({ books: { total: 101, asked: [] } });
    const first = await begin(whole);
    await readBooks(whole, { reconciliationId: first, connector: 'books' });
    await judgeAssets(whole, { reconciliationId: first }, BEAT);
    expect(await openNow()).toHaveLength(2);
    const without = contextOf({ other: { total: 0, asked: [] } });
    const second = await begin(without);
    await readBooks(without, { reconciliationId: second, connector: 'other' });
    await judgeAssets(without, { reconciliationId: second }, BEAT);
    expect(await rowOf(second)).toMatchObject({ healed: 0, counts: { 'still-depreciating': 0 } });
    expect(await openNow()).toHaveLength(2);
    const mended = contextOf({ books: { total: 50, asked: [] } });
    const third = await begin(mended);
    await readBooks(mended, { reconciliationId: third, connector: 'books' });
    await judgeAssets(mended, { reconciliationId: third }, BEAT);
    expect(await rowOf(third)).toMatchObject({ healed: 1, opened: 0 });
    expect((await openNow()).map(({ serial }) => serial)).toEqual(['PFBOOKS000000']);
  });

  it('holds the word for what became of an asset against the last that its vendor said, also after the closure', async () => {
    const serial = 'PFLATE000001';
    const at = new Date('2026-05-01T10:00:00Z');
    const { caseId, deviceId, epoch, policyDigest } = await insertOpenCustody(db, POLICY, serial);
    const stream = deviceStream(deviceId);
    const pickupId = 'pick_one';
    const judged = { rulesVersion: '1', policyDigest };
    const late = (key: string, downstream: 'exported' | 'recycled') =>
      ({
        stream,
        key: `disposition.reported-late:${key}`,
        type: 'disposition.reported-late',
        actor: 'connector:itad',
        data: {
          epoch,
          pickupId,
          outcome: 'sanitised',
          downstream,
          processedAt: at.toISOString(),
          documentDigest: 'd'.repeat(64),
        },
      }) as const;
    const readBack = { epoch, connector: 'books', externalId: '1', matches: true, readAt: at.toISOString() };
    const closed = { epoch, caseId, disposition: 'sanitised', factCount: 3, ...judged } as const;
    const actor = 'handback';
    await db
      .transaction()
      .execute((tx) =>
        appendFacts(
          tx,
          [
            { stream, key: 'read-back', type: 'closure.read-back', actor, data: readBack },
            { stream, key: 'closed', type: 'custody.closed', actor, data: closed },
            late('1', 'recycled'),
            late('2', 'exported'),
          ],
          at,
        ),
      );
    await db
      .updateTable('custodies')
      .set({ state: 'closed', closed_at: at })
      .where('device_id', '=', deviceId)
      .execute();
    const findings = async (disposition: string | null | undefined) => {
      const books = { closedOn: null, licences: 0, depreciating: false };
      const asset: Asset = {
        ...record(1),
        serial,
        state: 'disposed',
        books: { ...books, ...(disposition !== undefined && { disposition }) },
      };
      const context = contextOf({ books: { total: 1, records: [asset], asked: [] } });
      const reconciliationId = await begin(context);
      await readBooks(context, { reconciliationId, connector: 'books' });
      await judgeAssets(context, { reconciliationId }, BEAT);
      const rows = await db
        .selectFrom('asset_findings')
        .select(['kind', 'reason', 'device_id'])
        .where('reconciliation_id', '=', reconciliationId)
        .where('serial', '=', serial)
        .execute();
      return rows.map(({ kind, reason, device_id: of }) => [kind, reason, of]);
    };
    const otherwise = [['unproven', 'other-disposition', deviceId]];
    expect(await findings('recycled')).toEqual(otherwise);
    expect(await findings(null)).toEqual(otherwise);
    expect(await findings('exported')).toEqual([]);
    expect(await findings(undefined)).toEqual([]);
  });

  it('that is given up is not judged any more, whoever still reads for it', async () => {
    const shelf: Shelf = { total: 600, failAt: 500, asked: [] };
    const context = contextOf({ books: shelf });
    const reconciliationId = await begin(context);
    const ref = { reconciliationId, connector: 'books' };
    await expect(readBooks(context, ref)).rejects.toThrow('broke off');
    expect(await planReconciliation(context, ref)).toEqual({ connectors: ['books'], withinMs: 86_400_000 });
    await abandonAssets(context, ref);
    await abandonAssets(context, ref);
    await readBooks(context, ref);
    await judgeAssets(context, ref, BEAT);
    expect(shelf.asked).toEqual([0, 500]);
    expect(await planReconciliation(context, ref)).toBeNull();
    expect(await rowOf(reconciliationId)).toMatchObject({ outcome: 'abandoned', counts: {} });
    const raised = await db
      .selectFrom('exceptions')
      .select(['owner', 'reason'])
      .where('code', '=', 'reconciliation-abandoned')
      .where('resolved_at', 'is', null)
      .execute();
    expect(raised).toEqual([{ owner: 'operator', reason: `run ${reconciliationId}, not answered: books` }]);
  });
});
