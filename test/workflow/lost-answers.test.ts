/** Answers that get lost: what the vendor did is read back, and nothing is asked for twice under one approval. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import {
  custodiesOf,
  effectsOf,
  factsOf,
  openCaseOf,
  openExceptions,
  seed,
  wiped,
} from '../support/engine/leavers.ts';
import { eventually } from '../support/engine/eventually.ts';
import { ledgerTroubles } from '../support/engine/ledger-check.ts';
import { startEngine } from '../support/engine/start-engine.ts';
import type { Engine } from '../support/engine/start-engine.ts';
import { describeLocalTemporal } from '../support/temporal/describe-with.ts';

describeLocalTemporal('a wipe whose answer is lost', () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await startEngine({ labels: true });
  });
  afterEach(async () => {
    const { faults } = await engine.control.get<{ faults: readonly { id: string }[] }>('/faults');
    for (const { id } of faults) await engine.control.delete(`/faults/${id}`);
  });
  afterAll(async () => {
    const troubles = engine === undefined ? [] : await ledgerTroubles(engine);
    await engine?.stop();
    expect(troubles).toEqual([]);
  });

  const plant = (
    fault: object,
    times: number,
    match: object = { method: 'POST', path: '/wipe$' },
    instance = 'graph',
  ) => engine.control.post<{ id: string }>('/faults', { instance, match, fault, times });
  const about = async (deviceId: string, type: string) =>
    (await factsOf(engine, `device:${deviceId}`))
      .filter((fact) => fact.type === type)
      .map((fact) => fact.data);

  for (const type of ['drop-after-effect', 'hold-after-effect']) {
    it(`by ${type} is read back and not sent again`, async () => {
      const key = `ada-${type}`;
      await seed(engine, [{ key }]);
      const { id } = await plant({ type }, 1);
      const { caseId } = await openCaseOf(engine, key);
      const { device_id: deviceId } = await wiped(engine, caseId);
      // Only once the send was given up: the device may well say it is wiped before that.
      await eventually('the lost answer', async () => (await about(deviceId, 'wipe.answered')).length === 1);
      if (type === 'hold-after-effect') await engine.control.post(`/faults/${id}/release`);
      expect(await effectsOf(engine, 'wipe', `${key}-laptop`)).toHaveLength(1);
      expect(await about(deviceId, 'wipe.approved')).toHaveLength(1);
      expect(await about(deviceId, 'wipe.answered')).toMatchObject([{ answer: 'unknown' }]);
      // By the read-back after the settling time, or by a sweep that was quicker.
      expect(await about(deviceId, 'wipe.resolved')).not.toContainEqual(
        expect.objectContaining({ found: false }),
      );
      expect(await about(deviceId, 'wipe.observed')).not.toEqual([]);
    });
  }

  for (const fault of [{ type: 'drop-before-effect' }, { type: 'status', status: 503 }]) {
    it(`by ${fault.type}, before anything happened, is sent again under a new approval`, async () => {
      const key = `bea-${fault.type}`;
      await seed(engine, [{ key }]);
      await plant(fault, 1);
      const { caseId } = await openCaseOf(engine, key);
      const { device_id: deviceId } = await wiped(engine, caseId);
      expect(await effectsOf(engine, 'wipe', `${key}-laptop`)).toHaveLength(1);
      const approvals = await about(deviceId, 'wipe.approved');
      expect(new Set(approvals.map((data) => data['approvalId'])).size).toBe(2);
      expect(await about(deviceId, 'wipe.resolved')).toMatchObject([{ found: false }]);
      expect(await about(deviceId, 'wipe.answered')).toMatchObject([
        { answer: 'unknown' },
        { answer: 'accepted' },
      ]);
    });
  }

  it('every time is given up after so many approvals, by a named exception', async () => {
    await seed(engine, [{ key: 'cyd' }]);
    await plant({ type: 'drop-before-effect' }, 99);
    const { caseId } = await openCaseOf(engine, 'cyd');
    await eventually('the exception', async () =>
      (await openExceptions(engine, caseId)).includes('wipe-not-accepted'),
    );
    const [custody] = await custodiesOf(engine, caseId);
    expect(await about(custody?.device_id ?? '', 'wipe.approved')).toHaveLength(
      engine.config.policy.wipe.attempts,
    );
    expect(await effectsOf(engine, 'wipe', 'cyd-laptop')).toEqual([]);
  });

  it('of a device that is gone from the listing is somebody’s to decide, and not sent again', async () => {
    await seed(engine, [{ key: 'dot', devices: [{ key: 'dot-laptop', behaviour: { wipe: 'vanish' } }] }]);
    await plant({ type: 'drop-after-effect' }, 1);
    const { caseId } = await openCaseOf(engine, 'dot');
    // Erased and gone from the listing: nobody can tell, so somebody decides. By the read-back, which never saw the command; or,
    // where a sweep was quick enough to see it under way, by the sweep that found the record gone afterwards.
    const named = ['wipe-outcome-unknown', 'wipe-target-vanished'];
    await eventually('the exception', async () =>
      (await openExceptions(engine, caseId)).some((code) => named.includes(code)),
    );
    expect(await effectsOf(engine, 'wipe', 'dot-laptop')).toHaveLength(1);
  });

  it('beside a label whose answer is lost: that one is bought once, too', async () => {
    await seed(engine, [{ key: 'eli' }]);
    await plant({ type: 'drop-after-effect' }, 1, { method: 'POST', path: '/buy$' }, 'easypost');
    const { caseId } = await openCaseOf(engine, 'eli');
    const { device_id: deviceId } = await wiped(engine, caseId);
    await eventually('the label', async () => (await about(deviceId, 'return.label-bought')).length === 1);
    const bought = (await effectsOf(engine, 'label.bought')).filter(
      (one) => one.params['reference'] === `${deviceId}:1`,
    );
    expect(bought).toHaveLength(1);
  });
});
