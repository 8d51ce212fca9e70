/** Devices that go another way than to the disposal vendor, and the decisions of people on the way. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { liftHold, placeHold } from '../../src/store/holds.ts';
import { recordEvidence } from '../../src/store/evidence.ts';
import type { Evidence } from '../../src/store/evidence.ts';
import { recordIntakeScan } from '../../src/store/intake-scans.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { eventually } from '../support/engine/eventually.ts';
import { handOver, scanReturn } from '../support/engine/evidence.ts';
import { ledgerTroubles } from '../support/engine/ledger-check.ts';
import {
  caseRow,
  custodiesOf,
  effectsOf,
  factsOf,
  openCaseOf,
  openExceptions,
  seed,
} from '../support/engine/leavers.ts';
import { startEngine } from '../support/engine/start-engine.ts';
import type { Engine } from '../support/engine/start-engine.ts';
import { twoDecide } from '../support/engine/two-people.ts';
import { describeLocalTemporal } from '../support/temporal/describe-with.ts';

const ON = { activationLock: true, autopilot: true, mdmRecord: true };

describeLocalTemporal('a device', () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await startEngine({ policy: { release: ON, wipe: { approval: 'person' } } });
  });
  afterAll(async () => {
    const troubles = engine === undefined ? [] : await ledgerTroubles(engine);
    await engine?.stop();
    expect(troubles).toEqual([]);
  });

  const custodyOf = (caseId: string) =>
    eventually('its custody', async () => {
      const [custody] = await custodiesOf(engine, caseId);
      return custody?.opened_at === null ? undefined : custody;
    });
  const gateIs = (caseId: string, gate: string, state: string) =>
    eventually(`${gate} ${state}`, async () => {
      const [custody] = await custodiesOf(engine, caseId);
      return custody?.gates[gate]?.state === state ? custody : undefined;
    });
  const about = async (deviceId: string, type: string) =>
    (await factsOf(engine, `device:${deviceId}`))
      .filter((fact) => fact.type === type)
      .map(({ data }) => data);
  const bring = (deviceId: string, evidence: Evidence) =>
    inTransaction(engine.db, (tx) =>
      recordEvidence(tx, deviceId, evidence, { by: 'token:test', remark: null }, new Date()),
    );
  const completes = (caseId: string) =>
    eventually('the end', async () => (await caseRow(engine, caseId)).state === 'completed');

  it('is wiped once two people have approved it, and not before; then it is let go', async () => {
    await seed(engine, [{ key: 'ann' }]);
    const { caseId } = await openCaseOf(engine, 'ann');
    await eventually('the question', async () =>
      (await openExceptions(engine, caseId)).includes('wipe-needs-approval'),
    );
    const { device_id: deviceId, epoch } = await custodyOf(caseId);
    expect(await effectsOf(engine, 'wipe', 'ann-laptop')).toEqual([]);
    await twoDecide(engine, { kind: 'approve-wipe', deviceId });
    await gateIs(caseId, 'wipe', 'satisfied');
    expect(await effectsOf(engine, 'wipe', 'ann-laptop')).toHaveLength(1);
    expect(await about(deviceId, 'wipe.approved')).toMatchObject([{ basis: 'person' }]);
    await scanReturn(engine, { device_id: deviceId, epoch });
    await handOver(engine, { device_id: deviceId, epoch });
    await completes(caseId);
    // The vendor takes its time over the registration: it is read until it is gone.
    const readings = (await about(deviceId, 'release.read')).map((data) =>
      [data['step'], data['reading']].join(':'),
    );
    expect(readings).toEqual(expect.arrayContaining(['autopilot:released', 'mdm-record:released']));
  });

  it('of Apple’s is let go by its manager only once its Activation Lock reads as lifted', async () => {
    const device = { key: 'ivy-mac', platform: 'macos', behaviour: { activationLock: true } };
    await seed(engine, [{ key: 'ivy', devices: [device] }]);
    const { caseId } = await openCaseOf(engine, 'ivy');
    const { device_id: deviceId, epoch } = await custodyOf(caseId);
    await twoDecide(engine, { kind: 'approve-wipe', deviceId });
    await gateIs(caseId, 'wipe', 'satisfied');
    await scanReturn(engine, { device_id: deviceId, epoch });
    await handOver(engine, { device_id: deviceId, epoch });
    await completes(caseId);
    const readings = (await about(deviceId, 'release.read')).map(({ step, reading }) => ({ step, reading }));
    expect(readings.slice(-2)).toEqual([
      { step: 'activation-lock', reading: 'released' },
      { step: 'mdm-record', reading: 'released' },
    ]);
    // Asked for once, however often it was read.
    expect(await effectsOf(engine, 'bypassActivationLock', 'ivy-mac')).toHaveLength(1);
  });

  it('that is booked on somebody else before its wipe is not wiped, until two people say that it is the leaver’s', async () => {
    await seed(engine, [{ key: 'jan' }, { key: 'kai', devices: [] }]);
    const { caseId } = await openCaseOf(engine, 'jan');
    const { device_id: deviceId } = await custodyOf(caseId);
    await engine.control.post('/instances/snipeit/assets/jan-laptop/change', { assignedTo: 'kai' });
    await twoDecide(engine, { kind: 'approve-wipe', deviceId });
    await eventually('the refusal', async () =>
      (await openExceptions(engine, caseId)).includes('wipe-refused'),
    );
    expect(await about(deviceId, 'wipe.refused')).toMatchObject([
      { codes: ['holder-now-other'], others: [{ connector: 'snipeit' }] },
    ]);
    await twoDecide(engine, { kind: 'approve-mismatch', deviceId });
    expect(await effectsOf(engine, 'wipe', 'jan-laptop')).toEqual([]);
    await twoDecide(engine, { kind: 'approve-wipe', deviceId });
    await gateIs(caseId, 'wipe', 'satisfied');
    expect(await effectsOf(engine, 'wipe', 'jan-laptop')).toHaveLength(1);
  });

  it('of one’s own is retired selectively, never wiped, and is in nobody’s inventory', async () => {
    const device = { key: 'bob-phone', platform: 'ios', ownership: 'personal', inventory: false };
    await seed(engine, [{ key: 'bob', devices: [device] }]);
    const { caseId } = await openCaseOf(engine, 'bob');
    const { device_id: deviceId } = await custodyOf(caseId);
    await eventually('the question', async () =>
      (await openExceptions(engine, caseId)).includes('device-not-corporate'),
    );
    await twoDecide(engine, { kind: 'change-route', deviceId, to: 'personal', reviewAt: null });
    await gateIs(caseId, 'wipe', 'satisfied');
    await gateIs(caseId, 'inventory-closure', 'satisfied');
    expect(await effectsOf(engine, 'retire', 'bob-phone')).toHaveLength(1);
    expect(await effectsOf(engine, 'wipe', 'bob-phone')).toEqual([]);
    // Nobody is asked to send in what is their own.
    expect(await about(deviceId, 'return.label-bought')).toEqual([]);
  });

  it('that is lost is not locked where that would cut off its wipe, which stays queued; found, it comes back', async () => {
    const device = { key: 'cat-phone', platform: 'ios', behaviour: { online: false } };
    await seed(engine, [{ key: 'cat', devices: [device] }]);
    const { caseId } = await openCaseOf(engine, 'cat');
    const { device_id: deviceId, epoch } = await custodyOf(caseId);
    await twoDecide(engine, { kind: 'approve-wipe', deviceId });
    await eventually(
      'the queued wipe',
      async () => (await effectsOf(engine, 'wipe', 'cat-phone')).length === 1,
    );
    await bring(deviceId, { type: 'lost.reported', kind: 'stolen' });
    await eventually('the lock', async () => (await about(deviceId, 'command.declined')).length > 0);
    expect(await about(deviceId, 'command.declined')).toMatchObject([
      { command: 'lock', reason: 'would-cut-off-wipe' },
    ]);
    await twoDecide(engine, { kind: 'declare-lost', deviceId });
    await gateIs(caseId, 'return', 'substituted');
    await gateIs(caseId, 'wipe', 'substituted');
    await completes(caseId);
    expect(await effectsOf(engine, 'wipe', 'cat-phone')).toHaveLength(1);
    expect((await about(deviceId, 'custody.closed'))[0]).toMatchObject({ epoch, disposition: 'lost' });
  });

  it('that was reported lost and turns up before anybody declared so goes on as before', async () => {
    await seed(engine, [{ key: 'dan', devices: [{ key: 'dan-phone', platform: 'android' }] }]);
    const { caseId } = await openCaseOf(engine, 'dan');
    const { device_id: deviceId, epoch } = await custodyOf(caseId);
    await bring(deviceId, { type: 'lost.reported', kind: 'lost' });
    await eventually(
      'the lock',
      async () => (await effectsOf(engine, 'remoteLock', 'dan-phone')).length === 1,
    );
    const scan = {
      serial: 'PF0DANPHONE',
      site: 'berlin',
      condition: 'good',
      actor: 'token:dock',
      exceptionsDueAt: new Date(),
    };
    await inTransaction(engine.db, (tx) => recordIntakeScan(tx, scan, null, new Date()));
    await gateIs(caseId, 'return', 'satisfied');
    expect(await about(deviceId, 'device.found')).toMatchObject([{ epoch, route: 'dispose' }]);
  });

  it('that is redeployed must have been seen at its set-up screen, and ends in stock', async () => {
    await seed(engine, [{ key: 'eli' }]);
    const { caseId } = await openCaseOf(engine, 'eli');
    const { device_id: deviceId, epoch } = await custodyOf(caseId);
    await twoDecide(engine, { kind: 'change-route', deviceId, to: 'redeploy', reviewAt: null });
    await twoDecide(engine, { kind: 'approve-wipe', deviceId });
    await eventually('the wait for somebody’s eyes', async () => {
      const [custody] = await custodiesOf(engine, caseId);
      return custody?.blocked_by.some((block) => block.code === 'set-up-screen-awaited');
    });
    await scanReturn(engine, { device_id: deviceId, epoch });
    await bring(deviceId, { type: 'device.inspected', setUpScreen: true, condition: 'good' });
    await completes(caseId);
    expect((await about(deviceId, 'custody.closed'))[0]).toMatchObject({ disposition: 'redeployed' });
    expect(await effectsOf(engine, 'wipe', 'eli-laptop')).toHaveLength(1);
  });

  it('under a hold is not wiped until it is lifted; a wipe on its way is called back, and it is said what came of it', async () => {
    await seed(engine, [
      { key: 'fox' },
      { key: 'gil', devices: [{ key: 'gil-laptop', behaviour: { online: false } }] },
    ]);
    const held = await openCaseOf(engine, 'fox');
    const { device_id: deviceId } = await custodyOf(held.caseId);
    const hold = {
      kind: 'legal',
      personId: held.personId,
      deviceId: null,
      reason: 'case 7',
      by: 'token:legal',
    } as const;
    const holdId = await inTransaction(engine.db, (tx) => placeHold(tx, hold, new Date()));
    await gateIs(held.caseId, 'wipe', 'held');
    await twoDecide(engine, { kind: 'approve-wipe', deviceId });
    const queued = await openCaseOf(engine, 'gil');
    const late = await custodyOf(queued.caseId);
    await twoDecide(engine, { kind: 'approve-wipe', deviceId: late.device_id });
    await eventually(
      'the queued wipe',
      async () => (await effectsOf(engine, 'wipe', 'gil-laptop')).length === 1,
    );
    await inTransaction(engine.db, (tx) =>
      placeHold(tx, { ...hold, personId: null, deviceId: late.device_id }, new Date()),
    );
    await eventually('the try', async () => (await about(late.device_id, 'wipe.cancel-tried')).length === 1);
    expect((await about(late.device_id, 'wipe.cancel-tried'))[0]).toMatchObject({ outcome: 'not-possible' });
    expect(await effectsOf(engine, 'wipe', 'fox-laptop')).toEqual([]);
    const lift = { holdId, kind: 'legal', reason: 'settled', by: 'token:legal' } as const;
    expect(await inTransaction(engine.db, (tx) => liftHold(tx, lift, new Date()))).toBe(true);
    await gateIs(held.caseId, 'wipe', 'satisfied');
    expect(await effectsOf(engine, 'wipe', 'fox-laptop')).toHaveLength(1);
  });
});
