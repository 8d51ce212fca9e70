import { describe, expect, test } from 'vitest';
import { cancelCase } from '../../src/store/cases.ts';
import { appendFacts } from '../../src/store/facts.ts';
import { newId } from '../../src/store/ids.ts';
import { recordObservation } from '../../src/store/wipe-answers.ts';
import { insertApproval } from './support/rows.ts';
import { forgetSent, LIMITED, useWipes } from './support/wipes.ts';

const wipes = useWipes();

describe('claiming a wipe', () => {
  test('one approval is claimed by one of 30 callers; the others are told that it was', async () => {
    const one = await wipes().custody();
    const approvalId = await insertApproval(wipes().db, one);
    const results = await Promise.all(Array.from({ length: 30 }, () => wipes().claim(one, approvalId)));
    expect(results.map((result) => result.kind).toSorted()).toEqual([
      ...Array.from({ length: 29 }, () => 'claimed-before'),
      'send',
    ]);
    const facts = await wipes()
      .db.selectFrom('facts')
      .select('type')
      .where('stream', '=', `device:${one.deviceId}`)
      .where('type', '=', 'wipe.intended')
      .execute();
    expect(facts).toHaveLength(1);
  });

  test('the database itself holds one intent per approval', async () => {
    const one = await wipes().custody();
    const approvalId = await insertApproval(wipes().db, one);
    await wipes().claim(one, approvalId);
    const row = await wipes()
      .db.selectFrom('intents')
      .selectAll()
      .where('approval_id', '=', approvalId)
      .executeTakeFirstOrThrow();
    await expect(
      wipes()
        .db.insertInto('intents')
        .values({ ...row, id: newId('intent') })
        .execute(),
    ).rejects.toThrow(/intents_one_per_approval/u);
  });

  test('a cancelled case, the kill switch and a hold each refuse', async () => {
    const [cancelled, switched, heldPerson, heldDevice] = await wipes().custodies(4);
    if (!cancelled || !switched || !heldPerson || !heldDevice) throw new Error('too few');
    await wipes()
      .db.transaction()
      .execute((tx) => cancelCase(tx, cancelled.caseId, 'rehired', 'hr', new Date()));
    const hold = { kind: 'legal', reason: 'litigation', placed_by: 'token:legal' } as const;
    await wipes()
      .db.insertInto('holds')
      .values({ ...hold, id: newId('hold'), person_id: heldPerson.personId, device_id: null })
      .execute();
    await wipes()
      .db.insertInto('holds')
      .values({ ...hold, id: newId('hold'), person_id: null, device_id: heldDevice.deviceId })
      .execute();
    const kinds = [
      await wipes().claimNew(cancelled),
      await wipes().claimNew(heldPerson),
      await wipes().claimNew(heldDevice),
    ].map((result) => result.kind);
    await wipes().db.updateTable('switches').set({ is_on: true }).execute();
    const killed = await wipes().claimNew(switched);
    expect([...kinds, killed.kind]).not.toContain('send');
    for (const one of [cancelled, switched, heldPerson, heldDevice]) {
      const rows = await wipes()
        .db.selectFrom('intents')
        .select('id')
        .where('device_id', '=', one.deviceId)
        .execute();
      expect(rows).toEqual([]);
    }
  });

  test('a hold that was lifted does not', async () => {
    const one = await wipes().custody();
    const hold = {
      id: newId('hold'),
      kind: 'legal',
      reason: 'over',
      placed_by: 'token:legal',
      person_id: one.personId,
      device_id: null,
    } as const;
    await wipes()
      .db.insertInto('holds')
      .values({ ...hold, lifted_by: 'token:legal', lifted_at: new Date() })
      .execute();
    expect((await wipes().claimNew(one)).kind).toBe('send');
  });

  test('a cancellation and a claim that meet: either nothing is sent, or the cancellation says that it was', async () => {
    for (let round = 0; round < 10; round += 1) {
      const one = await wipes().custody();
      const approvalId = await insertApproval(wipes().db, one);
      await forgetSent(wipes().db);
      await wipes()
        .db.transaction()
        .execute(async (tx) => {
          const data = {
            epoch: one.epoch,
            approvalId,
            basis: 'policy',
            policyDigest: 'p',
            actionHash: 'hash',
            expiresAt: new Date(Date.now() + 60_000).toISOString(),
            attempt: 1,
          } as const;
          await appendFacts(
            tx,
            [
              {
                stream: `device:${one.deviceId}`,
                key: `wipe.approved:${approvalId}`,
                type: 'wipe.approved',
                actor: 'handback',
                data,
              },
            ],
            new Date(),
          );
        });
      const [claimed] = await Promise.all([
        wipes().claim(one, approvalId),
        wipes()
          .db.transaction()
          .execute((tx) => cancelCase(tx, one.caseId, 'rehired', 'hr', new Date())),
      ]);
      const row = await wipes()
        .db.selectFrom('facts')
        .select('canonical')
        .where('key', '=', `case.cancelled:${one.caseId}:1`)
        .executeTakeFirstOrThrow();
      const { data } = JSON.parse(row.canonical) as { data: { done: readonly string[] } };
      expect(data.done.includes(`wipe:${one.deviceId}`)).toBe(claimed.kind === 'send');
    }
  });

  test('a refused approval is spent: asked again it is refused as before, whatever has changed since', async () => {
    const one = await wipes().custody();
    const approvalId = await insertApproval(wipes().db, one);
    const first = await wipes().claim(one, approvalId, LIMITED, () => ['person-not-gone']);
    expect(first).toEqual({ kind: 'refused', codes: ['person-not-gone'] });
    expect(await wipes().claim(one, approvalId, LIMITED, () => ['on-hold', 'serial-mismatch'])).toEqual(
      first,
    );
    expect(await wipes().claim(one, approvalId, LIMITED, () => [])).toEqual(first);
    expect(
      await wipes().db.selectFrom('intents').select('id').where('approval_id', '=', approvalId).execute(),
    ).toEqual([]);
  });

  test('the first answer stands', async () => {
    const one = await wipes().custody();
    const result = await wipes().claimNew(one);
    await wipes().answer(one, result, 'accepted');
    await wipes().answer(one, result, 'unknown');
    const facts = await wipes()
      .db.selectFrom('facts')
      .select('canonical')
      .where('stream', '=', `device:${one.deviceId}`)
      .where('type', '=', 'wipe.answered')
      .execute();
    expect(
      facts.map((fact) => (JSON.parse(fact.canonical) as { data: { answer: string } }).data.answer),
    ).toEqual(['accepted']);
  });

  test('the same observation twice is one fact, and check-ins before the end are none', async () => {
    const one = await wipes().custody();
    const result = await wipes().claimNew(one);
    if (result.kind !== 'send') throw new Error('not claimed');
    const at = new Date().toISOString();
    const see = (state: 'pending' | 'done', lastSeenAt: string | null) =>
      wipes()
        .db.transaction()
        .execute((tx) =>
          recordObservation(
            tx,
            { deviceId: one.deviceId, epoch: one.epoch, intentId: result.intentId, connector: 'mdm' },
            { state, startedAt: at, updatedAt: at, lastSeenAt },
            new Date(),
          ),
        );
    const later = (ms: number) => new Date(Date.parse(at) + ms).toISOString();
    expect(await see('pending', null)).toBe(true);
    expect(await see('pending', later(1_000))).toBe(false);
    expect(await see('pending', later(2_000))).toBe(false);
    expect(await see('done', null)).toBe(true);
    expect(await see('done', null)).toBe(false);
    expect(await see('done', later(5_000))).toBe(true);
  });
});
