/** What an approval of two people does, to which device alone, and which changes void a request before it is approved. */
import { describe, expect, test } from 'vitest';
import { caseStream } from '../../src/domain/fact.ts';
import { guard } from '../../src/domain/guard.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { claimWipe } from '../../src/store/wipe-intents.ts';
import { itemsIn, policy, textIn } from './support/api.ts';
import type { Answer } from './support/api.ts';
import { listOf, useDecisionBench } from './support/decision-bench.ts';
import { append, lastFact, leaverWith, typesIn, wiped } from './support/facts.ts';
import type { Held } from './support/facts.ts';

const DAY_MS = 86_400_000;

const bench = useDecisionBench();

describe('an approved wipe', () => {
  test('is of that device alone: no claim of another passes with its approval', async () => {
    await bench().nothingStopped();
    const [a, b] = [await bench().oneDevice(), await bench().oneDevice()];
    const asked = await bench().ask('operator', 'approve-wipe', { deviceId: a.deviceId });
    expect(await bench().decide('approver', 'approve', asked, { deviceId: b.deviceId })).toMatchObject({
      status: 400,
    });
    await bench().decide('approver', 'approve', asked);
    expect(await typesIn(bench().api.db, b.stream)).not.toContain('wipe.approved');
    const { approvalId, actionHash } = (await lastFact(bench().api.db, a.stream, 'wipe.approved')).data;
    const row = await bench()
      .api.db.selectFrom('approvals')
      .select(['device_id', 'requested_by', 'approved_by', 'basis'])
      .where('id', '=', approvalId)
      .executeTakeFirst();
    expect(row).toEqual({
      device_id: a.deviceId,
      requested_by: 'token:t-operator',
      approved_by: 'token:t-approver',
      basis: 'person',
    });
    const ofB = await bench().ask('operator', 'approve-wipe', { deviceId: b.deviceId });
    const { actionHash: hashOfB } = ofB.body['subject'] as { actionHash: string };
    const claim = (device: typeof a, hash: string, approval = approvalId) =>
      inTransaction(bench().api.db, (tx) =>
        claimWipe(
          tx,
          {
            ...device,
            approvalId: approval,
            connector: 'intune',
            mdmId: `intune-${device.serial}`,
            actionHash: hash,
            policyDigest: 'p',
            timesHeld: 0,
            priorWipeStartedAt: null,
            judge: (locked) =>
              guard({
                ...locked,
                connectorMode: 'enforce',
                canWipe: true,
                expected: { serial: device.serial, mdmId: `intune-${device.serial}`, actionHash: hash },
                parameters: { keepUserData: false, keepEnrollmentData: false },
                mismatch: null,
                route: 'dispose',
                live: { mdmId: `intune-${device.serial}`, serial: device.serial, ownership: 'corporate' },
                ownership: 'corporate',
                holdersAtDiscovery: ['okta', 'intune'].map((connector) => ({ connector, holder: 'leaver' })),
                holdersNow: [{ connector: 'intune', holder: 'leaver' }],
                person: 'gone',
                recentUse: 'none',
                limitLeft: true,
                now: bench().now().getTime(),
              }),
          },
          bench().now(),
        ),
      );
    expect(await claim(b, hashOfB)).toEqual({ kind: 'refused', codes: ['approval-mismatch'] });
    // Its own approval, once refused, is spent; another one of its own passes.
    await bench().decide('second', 'approve', ofB);
    const own = (await lastFact(bench().api.db, b.stream, 'wipe.approved')).data;
    expect([own.actionHash, actionHash === hashOfB]).toEqual([hashOfB, false]);
    expect(await claim(b, hashOfB, own.approvalId)).toMatchObject({ kind: 'send' });
  });

  test('counts once: while it does, no other can be asked for, and what asked for it is settled', async () => {
    const { deviceId, caseId, stream } = await bench().oneDevice();
    const first = await bench().ask('operator', 'approve-wipe', { deviceId });
    await bench().decide('approver', 'approve', first);
    expect(await bench().ask('operator', 'approve-wipe', { deviceId })).toMatchObject({
      status: 409,
      body: { code: 'not-to-decide', obstacle: 'wipe-under-way' },
    });
    bench().wait(policy.wipe.approvalLifeMs);
    const second = await bench().agree('approve-wipe', { deviceId });
    expect(second.body['subject']).toMatchObject({ attempt: 2 });
    expect((await lastFact(bench().api.db, stream, 'wipe.approved')).data.attempt).toBe(2);
    const shown = await bench().get(`/decisions?caseId=${caseId}&state=approved`);
    expect(itemsIn(shown).map(({ id }) => id)).toEqual([first.body['id'], second.body['id']]);
  });
});

describe('a change between the request and its approval voids it', () => {
  /** What a second person's approval comes to, and how the decision stands then. */
  const approve = async (asked: Answer) => {
    const { status, body } = await bench().decide('second', 'approve', asked);
    const { state } = (await bench().get(`/decisions/${textIn(asked, 'id')}`)).body;
    return { status, code: body['code'], why: body['why'], state };
  };
  const voided = (why: string) => ({ status: 409, code: 'decision-void', why, state: 'void' });

  /** Cancelled, and found with another leaver: the same serial in a new epoch, enrolled anew. */
  async function reissue({ caseId, serial }: { caseId: string; serial: string }): Promise<Held> {
    await bench().post('operator', `/cases/${caseId}/cancel`, { reason: 'withdrawn' });
    const { devices } = await leaverWith(bench().api.db, { serial, mdmId: `anew-${serial}` });
    const [device] = devices as readonly [Held];
    expect(device.epoch).toBe(2);
    return device;
  }

  test.each(['approve-wipe', 'vendor-sanitises', 'change-route'] as const)(
    '%s: the device was reissued, with another id at the device manager',
    async (kind) => {
      const device = await bench().oneDevice();
      const asked = await bench().ask('operator', kind, {
        deviceId: device.deviceId,
        ...(kind === 'change-route' && { to: 'redeploy' }),
      });
      await reissue(device);
      expect(await approve(asked)).toEqual(voided('subject-changed'));
      expect(await typesIn(bench().api.db, device.stream)).not.toContain(
        {
          'approve-wipe': 'wipe.approved',
          'vendor-sanitises': 'sanitisation.delegated',
          'change-route': 'route.changed',
        }[kind],
      );
    },
  );

  test('waive-gate: a waiver is of one epoch, and never of the next', async () => {
    const device = await bench().oneDevice();
    const expiresAt = new Date(bench().now().getTime() + DAY_MS * 30).toISOString();
    const asked = await bench().ask('operator', 'waive-gate', {
      stream: device.stream,
      gate: 'return',
      expiresAt,
    });
    await reissue(device);
    expect(await approve(asked)).toEqual(voided('subject-changed'));
    expect(await typesIn(bench().api.db, device.stream)).not.toContain('gate.waived');
  });

  test('the case was cancelled', async () => {
    const { deviceId, caseId } = await bench().oneDevice();
    const asked = await bench().ask('operator', 'approve-wipe', { deviceId });
    await bench().post('operator', `/cases/${caseId}/cancel`, { reason: 'withdrawn' });
    expect(await approve(asked)).toEqual(voided('custody-not-open'));
  });

  test('the route was changed meanwhile', async () => {
    const { deviceId } = await bench().oneDevice();
    const wipe = await bench().ask('operator', 'approve-wipe', { deviceId });
    const delegation = await bench().ask('operator', 'vendor-sanitises', { deviceId });
    const redeploy = await bench().ask('operator', 'change-route', { deviceId, to: 'redeploy' });
    const reviewAt = new Date(bench().now().getTime() + 90 * DAY_MS).toISOString();
    await bench().agree('change-route', { deviceId, to: 'legal-retention', reviewAt });
    expect(await approve(wipe)).toEqual(voided('route-has-no-wipe'));
    expect(await approve(delegation)).toEqual(voided('not-on-disposal'));
    expect(await approve(redeploy)).toEqual(voided('subject-changed'));
    const [custody] = listOf((await bench().get(`/devices/${deviceId}`)).body['custodies']);
    expect(custody).toMatchObject({ route: 'legal-retention', reviewAt });
  });

  test('the gate went through by itself, or the wipe was proven', async () => {
    const device = await bench().oneDevice();
    const expiresAt = new Date(bench().now().getTime() + DAY_MS).toISOString();
    const waiver = await bench().ask('operator', 'waive-gate', {
      stream: device.stream,
      gate: 'wipe',
      expiresAt,
    });
    const wipe = await bench().ask('operator', 'approve-wipe', { deviceId: device.deviceId });
    await wiped(bench().api.db, device);
    expect(await approve(waiver)).toEqual(voided('gate-through'));
    expect(await approve(wipe)).toEqual(voided('wipe-proven'));
  });

  test('release-wipe-limit: another wipe is held now that nobody had in view', async () => {
    await bench().trip();
    const [a, b] = [await bench().oneDevice(), await bench().oneDevice()];
    await bench().holdWipe(a);
    const asked = await bench().ask('operator', 'release-wipe-limit');
    expect(asked.body['subject']).toMatchObject({ held: [{ deviceId: a.deviceId }] });
    await bench().holdWipe(b);
    expect(await approve(asked)).toEqual(voided('subject-changed'));
    expect(itemsIn(await bench().get('/wipe-limit/held')).map(({ deviceId }) => deviceId)).toEqual(
      [a.deviceId, b.deviceId].toSorted(),
    );
    await bench().agree('release-wipe-limit');
    expect(itemsIn(await bench().get('/wipe-limit/held'))).toEqual([]);
    for (const { stream } of [a, b]) expect(await typesIn(bench().api.db, stream)).toContain('wipe.freed');
    expect((await bench().get('/wipe-limit')).body).toMatchObject({
      held: false,
      releasedBy: 'token:t-second',
    });
  });

  test('kill-switch-off: it was switched off and on again', async () => {
    await bench().kill(true);
    const asked = await bench().ask('operator', 'kill-switch-off');
    await bench().kill(false);
    bench().wait(1_000);
    await bench().kill(true);
    expect(await approve(asked)).toEqual(voided('subject-changed'));
    await bench().agree('kill-switch-off');
    expect((await bench().get('/switches/kill')).body).toMatchObject({
      on: false,
      changedBy: 'token:t-second',
    });
  });

  test('change-policy: the configuration proposes another one now', async () => {
    await bench().proposePolicy();
    const asked = await bench().ask('admin', 'change-policy');
    await bench().proposePolicy();
    expect(await approve(asked)).toEqual(voided('subject-changed'));
  });
});

describe('effects', () => {
  const gatesOf = (custody: Readonly<Record<string, unknown>> | undefined) =>
    Object.fromEntries(listOf(custody?.['gates']).map(({ gate, state }) => [String(gate), String(state)]));
  const custodyOf = async (deviceId: string) =>
    listOf((await bench().get(`/devices/${deviceId}`)).body['custodies']).at(-1);

  test('a waived gate counts until its date, and no longer', async () => {
    const { deviceId, stream, caseId } = await bench().oneDevice();
    const expiresAt = new Date(bench().now().getTime() + 3 * DAY_MS).toISOString();
    await bench().agree('waive-gate', { stream, gate: 'wipe', expiresAt });
    await bench().agree('waive-gate', { stream: caseStream(caseId), gate: 'access-cut', expiresAt });
    expect(gatesOf(await custodyOf(deviceId))).toMatchObject({ wipe: 'waived' });
    expect(gatesOf((await bench().get(`/cases/${caseId}`)).body)).toMatchObject({ 'access-cut': 'waived' });
    bench().wait(4 * DAY_MS);
    expect(gatesOf(await custodyOf(deviceId))).not.toMatchObject({ wipe: 'waived' });
    expect(gatesOf((await bench().get(`/cases/${caseId}`)).body)).not.toMatchObject({
      'access-cut': 'waived',
    });
  });

  test('a lost device needs no return; put on another route, it can be lost again', async () => {
    const { deviceId } = await bench().oneDevice();
    await bench().post('operator', `/devices/${deviceId}/loss`, { kind: 'lost', reason: 'left on a train' });
    await bench().agree('declare-lost', { deviceId });
    expect(await custodyOf(deviceId)).toMatchObject({ route: 'lost' });
    expect(gatesOf(await custodyOf(deviceId))).toMatchObject({ return: 'substituted' });
    await bench().agree('change-route', { deviceId, to: 'dispose' });
    expect(gatesOf(await custodyOf(deviceId))).toMatchObject({ return: 'waiting' });
    await bench().agree('declare-lost', { deviceId });
    expect(gatesOf(await custodyOf(deviceId))).toMatchObject({ return: 'substituted' });
  });

  test('a mismatch is approved of exactly whom the sources named', async () => {
    const { deviceId, stream } = await bench().oneDevice({ mdmNames: 'x9' });
    const asked = await bench().agree('approve-mismatch', { deviceId });
    const others = [{ connector: 'intune', other: 'x9' }];
    expect(asked.body['subject']).toMatchObject({ codes: ['holder-mismatch'], others });
    expect((await lastFact(bench().api.db, stream, 'mismatch.approved')).data).toMatchObject({ others });
  });

  test('a case that is moved is judged by the new policy, with its custodies', async () => {
    const { caseId, stream } = await bench().oneDevice();
    const before = (await bench().get(`/cases/${caseId}`)).body['policyDigest'];
    await bench().proposePolicy();
    await bench().agree('change-policy');
    expect((await bench().get(`/cases/${caseId}`)).body['policyDigest']).toBe(before);
    await bench().agree('move-policy', { caseId });
    const after = (await bench().get(`/cases/${caseId}`)).body['policyDigest'];
    expect(after).not.toBe(before);
    expect((await lastFact(bench().api.db, stream, 'custody.policy-moved')).data).toMatchObject({
      from: before,
      to: after,
    });
  });

  test('what the guard refused is shown in sentences', async () => {
    const { deviceId, stream, epoch } = await bench().oneDevice();
    await bench().agree('approve-wipe', { deviceId });
    const { approvalId, policyDigest } = (await lastFact(bench().api.db, stream, 'wipe.approved')).data;
    const data = { epoch, approvalId, codes: ['person-not-gone'], rulesVersion: '1', policyDigest };
    const key = `wipe.refused:${approvalId}`;
    await append(bench().api.db, [{ stream, key, type: 'wipe.refused', actor: 'handback', data }]);
    expect(await custodyOf(deviceId)).toMatchObject({
      refusal: {
        reasons: [{ code: 'person-not-gone', sentence: expect.stringContaining('find out whether') }],
      },
    });
  });
});
