import { describe, expect, test } from 'vitest';
import { setKillSwitch } from '../../src/store/kill-switch.ts';
import { heldWipes } from '../../src/store/held-wipes.ts';
import { decide, requestDecision } from '../../src/store/decisions/decisions.ts';
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
    const ask = (by: string) =>
      inTx.execute((tx) =>
        requestDecision(tx, { request: { kind: 'release-wipe-limit' }, reason: 'looked at', by }, new Date()),
      );
    const verdict = (decisionId: string, by: string) =>
      inTx.execute((tx) =>
        decide(tx, { decisionId, kind: 'release-wipe-limit', outcome: 'approved', by }, new Date()),
      );
    const { id } = await ask('token:a');
    expect(await ask('token:c')).toEqual({ id, isNew: false });
    expect(await verdict(id, 'token:a')).toEqual({ kind: 'same-person' });
    expect(await verdict(id, 'token:b')).toEqual({ kind: 'decided', outcome: 'approved' });
    expect(await inTx.execute((tx) => heldWipes(tx))).toEqual([]);
    expect(await wipes().isTripped()).toBe(false);
    const woken = await db.selectFrom('outbox').select('workflow_id').execute();
    expect(woken.map((row) => row.workflow_id)).toEqual(
      expect.arrayContaining(custodies.slice(LIMIT).map((one) => `custody:${one.deviceId}:${one.epoch}`)),
    );
    await expect(ask('token:b')).rejects.toMatchObject({ code: 'limit-not-reached' });
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
    await db
      .transaction()
      .execute((tx) => setKillSwitch(tx, true, { by: 'token:a', decisionId: null }, new Date()));
    const custody = await wipes().custody();
    expect((await wipes().claimNew(custody)).kind).toBe('held');
    expect(await db.transaction().execute((tx) => heldWipes(tx))).toHaveLength(1);
    await db
      .transaction()
      .execute((tx) => setKillSwitch(tx, false, { by: 'token:a', decisionId: null }, new Date()));
    expect(await db.transaction().execute((tx) => heldWipes(tx))).toEqual([]);
  });
});
