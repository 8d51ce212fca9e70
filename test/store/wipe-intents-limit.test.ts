import { describe, expect, test } from 'vitest';
import type { Policy } from '../../src/domain/policy.ts';
import { recordWipeResolution } from '../../src/store/wipe-answers.ts';
import { insertApproval } from './support/rows.ts';
import { sideBySide } from './support/side-by-side.ts';
import { forgetSent, LIMIT, LIMITED, sentOf, useWipes } from './support/wipes.ts';

const wipes = useWipes();

describe('the wipe limit', () => {
  test('lets exactly as many through as it says, of 200 that claim at once', async () => {
    const all = await wipes().custodies(200);
    const subjects = await sideBySide(10, all, async (one) => ({
      one,
      approvalId: await insertApproval(wipes().db, one),
    }));
    const results = await sideBySide(20, subjects, ({ one, approvalId }) => wipes().claim(one, approvalId));
    const approvals = subjects.map(({ approvalId }) => approvalId);
    expect(sentOf(results)).toHaveLength(LIMIT);
    const rows = await wipes()
      .db.selectFrom('intents')
      .select('id')
      .where('approval_id', 'in', approvals)
      .execute();
    expect(rows).toHaveLength(LIMIT);
    expect(await wipes().isTripped()).toBe(true);
  });

  test('once reached, holds everything until it is released, though the window passes', async () => {
    for (const one of await wipes().custodies(LIMIT)) expect((await wipes().claimNew(one)).kind).toBe('send');
    expect((await wipes().claimNew(await wipes().custody())).kind).not.toBe('send');
    expect(await wipes().isTripped()).toBe(true);
    await forgetSent(wipes().db);
    expect((await wipes().claimNew(await wipes().custody())).kind).not.toBe('send');
    await wipes().release();
    expect((await wipes().claimNew(await wipes().custody())).kind).toBe('send');
  });

  test('its release needs a second person, by the database’s own word', async () => {
    const alone = { released_at: new Date(), release_requested_by: 'token:a', released_by: 'token:a' };
    await expect(wipes().db.updateTable('wipe_limits').set(alone).execute()).rejects.toThrow(/check/u);
  });

  test('counts again from the release on', async () => {
    for (const one of await wipes().custodies(LIMIT)) expect((await wipes().claimNew(one)).kind).toBe('send');
    expect((await wipes().claimNew(await wipes().custody())).kind).not.toBe('send');
    await wipes().release();
    const again = [];
    for (const one of await wipes().custodies(LIMIT + 3)) again.push(await wipes().claimNew(one));
    expect(sentOf(again)).toHaveLength(LIMIT);
  });

  test('gets its place back from a wipe that the vendor certainly did not accept, at once or by reading back', async () => {
    const all = await wipes().custodies(LIMIT);
    const results = [];
    for (const one of all) results.push(await wipes().claimNew(one));
    const [first, second, third] = all;
    const [one, two, three] = results;
    if (!first || !second || !third || !one || !two || !three) throw new Error('too few');
    await wipes().answer(first, one, 'not-accepted');
    await wipes().answer(second, two, 'unknown');
    await wipes().answer(third, three, 'accepted');
    expect((await wipes().claimNew(await wipes().custody())).kind).toBe('send');
    if (two.kind !== 'send') throw new Error('not claimed');
    const { deviceId, epoch } = second;
    await wipes()
      .db.transaction()
      .execute((tx) => recordWipeResolution(tx, deviceId, epoch, two.intentId, false, new Date()));
    expect((await wipes().claimNew(await wipes().custody())).kind).toBe('send');
    expect((await wipes().claimNew(await wipes().custody())).kind).not.toBe('send');
  });

  test('keeps the place of a wipe whose answer was lost, and of one that was found when read back', async () => {
    const results = [];
    const all = await wipes().custodies(LIMIT);
    for (const one of all) results.push(await wipes().claimNew(one));
    for (const [index, one] of all.entries())
      await wipes().answer(one, results[index] ?? { kind: 'claimed-before' }, 'unknown');
    const [first] = all;
    const [one] = results;
    if (!first || one?.kind !== 'send') throw new Error('not claimed');
    await wipes()
      .db.transaction()
      .execute((tx) => recordWipeResolution(tx, first.deviceId, first.epoch, one.intentId, true, new Date()));
    expect((await wipes().claimNew(await wipes().custody())).kind).not.toBe('send');
  });

  test('is a share of the fleet where that is less, and never less than one', async () => {
    const [one, two] = await wipes().custodies(2);
    if (!one || !two) throw new Error('too few');
    const few: Policy = { ...LIMITED, wipeLimit: { ...LIMITED.wipeLimit, fleetShare: 0.000_001 } };
    expect((await wipes().claimNew(one, few)).kind).toBe('send');
    expect((await wipes().claimNew(two, few)).kind).not.toBe('send');
  });
});
