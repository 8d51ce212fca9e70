import { describe, expect, test } from 'vitest';
import { setKillSwitch } from '../../src/store/kill-switch.ts';
import { heldWipes } from '../../src/store/held-wipes.ts';
import { releaseLimit, requestRelease } from '../../src/store/wipe-limit.ts';
import { LIMIT, useWipes } from './support/wipes.ts';

const wipes = useWipes();

describe('a wipe limit that was reached', () => {
  test('holds what comes after it, until a second person releases it', async () => {
    const { db } = wipes();
    const custodies = await wipes().custodies(LIMIT + 2);
    const results = [];
    for (const custody of custodies) results.push(await wipes().claimNew(custody));
    expect(results.map((result) => result.kind)).toEqual([
      ...Array.from({ length: LIMIT }, () => 'send'),
      'held',
      'held',
    ]);
    const inTx = db.transaction();
    const now = () => new Date();
    expect(await inTx.execute((tx) => releaseLimit(tx, 'token:b', now()))).toEqual({ kind: 'not-requested' });
    expect(await inTx.execute((tx) => requestRelease(tx, 'token:a', now()))).toBe(true);
    expect(await inTx.execute((tx) => releaseLimit(tx, 'token:a', now()))).toEqual({ kind: 'same-person' });
    expect(await inTx.execute((tx) => releaseLimit(tx, 'token:b', now()))).toEqual({
      kind: 'released',
      freed: 2,
    });
    expect(await inTx.execute((tx) => heldWipes(tx))).toEqual([]);
    expect(await wipes().isTripped()).toBe(false);
    const woken = await db.selectFrom('outbox').select('workflow_id').execute();
    expect(woken.map((row) => row.workflow_id)).toEqual(
      expect.arrayContaining(custodies.slice(LIMIT).map((one) => `custody:${one.deviceId}:${one.epoch}`)),
    );
    expect(await inTx.execute((tx) => releaseLimit(tx, 'token:b', now()))).toEqual({ kind: 'not-tripped' });
  });

  test('cannot be released by who asked for it, even by SQL', async () => {
    const same = wipes()
      .db.updateTable('wipe_limits')
      .set({ release_requested_by: 'token:a', released_by: 'token:a', released_at: new Date() })
      .execute();
    await expect(same).rejects.toThrow(/check constraint/u);
  });
});

describe('the kill switch', () => {
  test('holds every wipe while it is on; off, it frees them', async () => {
    const { db } = wipes();
    await db.transaction().execute((tx) => setKillSwitch(tx, true, 'token:a', new Date()));
    const custody = await wipes().custody();
    expect((await wipes().claimNew(custody)).kind).toBe('held');
    expect(await db.transaction().execute((tx) => heldWipes(tx))).toHaveLength(1);
    await db.transaction().execute((tx) => setKillSwitch(tx, false, 'token:a', new Date()));
    expect(await db.transaction().execute((tx) => heldWipes(tx))).toEqual([]);
  });
});
