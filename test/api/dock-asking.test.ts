/** How the inventory is asked live about what was just scanned: once, across crashes, and what is shown while it does not answer. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pickupStream } from '../../src/domain/fact.ts';
import { listIn } from './support/api.ts';
import { lastFact } from './support/facts.ts';
import { startLiveDock } from './support/live-dock.ts';
import type { LiveDock } from './support/live-dock.ts';

let dock: LiveDock;

beforeAll(async () => {
  dock = await startLiveDock();
});
beforeEach(() => dock.books.reset());
afterAll(() => dock.stop());

describe('the asking', () => {
  test('is once for each serial, however often and by whomever it is scanned, and its answers are facts', async () => {
    await dock.book({ LIVEONCE: {} });
    const { pickupId } = await dock.pickupOf('LIVE-ONCE');
    expect(await dock.scanned(pickupId, 'LIVE-ONCE')).toMatchObject({ verdict: 'match', asking: true });
    await dock.scan(pickupId, 'LIVE-ONCE');
    await dock.live();
    await dock.live();
    expect(await dock.scanned(pickupId, 'live once')).toMatchObject({ verdict: 'duplicate', asking: false });
    await dock.vendorScans(pickupId, 'LIVE-ONCE');
    await dock.live();
    expect(dock.asked()).toBe(1);
    expect(await lastFact(dock.api.db, pickupStream(pickupId), 'pickup.books-asked')).toMatchObject({
      actor: 'connector:snipeit',
      data: {
        connector: 'snipeit',
        asked: 1,
        known: 1,
        answers: [{ serial: 'LIVEONCE', known: true, differs: [] }],
      },
    });
  });

  test('is for what the vendor scanned first as well', async () => {
    await dock.book({});
    const { pickupId } = await dock.pickupOf('LIVE-THEIRS');
    for (let times = 0; times < 2; times += 1) await dock.vendorScans(pickupId, 'LIVE-THEIRS');
    await dock.live();
    expect(dock.asked()).toBe(1);
    expect(await dock.open(pickupId)).toEqual(['count-not-in-inventory LIVETHEIRS']);
  });

  test('goes on where a process ended: what was kept stays, the rest is asked again, and nothing twice over', async () => {
    await dock.book({ LIVECUT1: {}, LIVECUT3: {} });
    const { pickupId } = await dock.pickupOf('LIVE-CUT1', 'LIVE-CUT2', 'LIVE-CUT3');
    for (const serial of ['LIVE-CUT1', 'LIVE-CUT2', 'LIVE-CUT3']) await dock.scan(pickupId, serial);
    // The second answer breaks off.
    await dock.books.fault({
      match: { path: 'byserial/LIVECUT2' },
      fault: { type: 'status', status: 503 },
      times: 1,
    });
    await expect(dock.live()).rejects.toMatchObject({ code: 'retryable' });
    expect(listIn(await dock.inventory(pickupId), 'items')).toMatchObject([
      { serial: 'LIVECUT1', known: true, waiting: false },
      { serial: 'LIVECUT2', known: null, waiting: true, asOf: null },
      { serial: 'LIVECUT3', known: null, waiting: true },
    ]);
    await dock.live();
    expect(dock.asked()).toBe(4);
    expect(await dock.open(pickupId)).toEqual(['count-not-in-inventory LIVECUT2']);
  });

  test('wakes one workflow, once for all that waits', async () => {
    await dock.book({});
    const { pickupId } = await dock.pickupOf('LIVE-WAKE1', 'LIVE-WAKE2', 'LIVE-WAKE3');
    await dock.api.db.deleteFrom('outbox').execute();
    for (const serial of ['LIVE-WAKE1', 'LIVE-WAKE2', 'LIVE-WAKE3']) await dock.scan(pickupId, serial);
    expect(await dock.wakes('asking:snipeit')).toBe(1);
    await dock.live();
    await dock.scan(pickupId, 'LIVE-WAKE4');
    expect(await dock.wakes('asking:snipeit')).toBe(2);
    await dock.live();
  });
});

describe('an inventory that does not answer', () => {
  test('is taken for neither yes nor no: the pickup is confirmed without it, and shows what was not asked', async () => {
    await dock.book({ LIVEDOWN: {} });
    const { pickupId } = await dock.pickupOf('LIVE-DOWN');
    await dock.books.fault({ fault: { type: 'down' } });
    await dock.scan(pickupId, 'LIVE-DOWN');
    await expect(dock.live()).rejects.toMatchObject({ code: 'retryable' });
    expect(await dock.open(pickupId)).toEqual([]);
    expect((await dock.look(pickupId)).body['inventory']).toMatchObject({
      asked: 1,
      waiting: 1,
      unanswered: 1,
      answeredAt: null,
      silent: [{ connector: 'snipeit', failure: 'retryable' }],
    });
    // It has failed to answer already, so nobody waits for it.
    dock.patience(600_000);
    expect(await dock.confirm(pickupId)).toMatchObject({ status: 200, body: { lines: 1, unanswered: 1 } });
    dock.patience(0);
    expect(await lastFact(dock.api.db, pickupStream(pickupId), 'pickup.confirmed')).toMatchObject({
      data: { lines: 1, unanswered: 1 },
    });
    expect((await dock.ask(pickupId)).body).toMatchObject({ unanswered: 1 });
    // Nobody is asked about what has left.
    await dock.live();
  });

  test('is waited for a while by the confirmation, which then goes by the answer', async () => {
    await dock.book({});
    const { pickupId } = await dock.pickupOf('LIVE-WAIT');
    await dock.scan(pickupId, 'LIVE-WAIT');
    expect((await dock.ask(pickupId)).body).toMatchObject({ code: 'pickup-not-counted' });
    await dock.count(pickupId, ['LIVE-WAIT']);
    for (const side of ['ours', 'vendor'] as const) await dock.sign(pickupId, side);
    // So that a confirmation which waits for nothing would be through before.
    await dock.books.fault({ fault: { type: 'latency', ms: 1_500 } });
    dock.patience(600_000);
    const confirming = dock.ask(pickupId);
    await dock.live();
    const answer = await confirming;
    dock.patience(0);
    expect(answer).toMatchObject({ status: 409, body: { code: 'pickup-discrepancies' } });
  });

  test('is not waited for longer than that', async () => {
    const { pickupId } = await dock.pickupOf('LIVE-LATE');
    await dock.scan(pickupId, 'LIVE-LATE');
    dock.patience(300);
    expect(await dock.confirm(pickupId)).toMatchObject({ status: 200, body: { unanswered: 1 } });
    dock.patience(0);
  });
});

test('a pickup says since when the inventory’s word is, and a scan whether it is being asked', async () => {
  await dock.book({ LIVESHOW: { status: 'Lost' } });
  const { pickupId } = await dock.pickupOf('LIVE-SHOW');
  expect((await dock.look(pickupId)).body['inventory']).toMatchObject({ asked: 0, answeredAt: null });
  await dock.scan(pickupId, 'LIVE-SHOW');
  await dock.live();
  expect((await dock.look(pickupId)).body['inventory']).toMatchObject({
    asked: 1,
    waiting: 0,
    unanswered: 0,
  });
  const [shown] = listIn(await dock.inventory(pickupId, 'differing'), 'items');
  expect(shown).toMatchObject({
    serial: 'LIVESHOW',
    known: true,
    differences: [{ kind: 'inventory-ended' }],
  });
  expect(await dock.scanned(pickupId, 'LIVE-SHOW')).toMatchObject({
    verdict: 'duplicate',
    asking: true,
    known: { inInventory: true, inventoryAsOf: shown?.['asOf'] },
  });
});
