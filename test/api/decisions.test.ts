/** Decisions of two people: each kind asked for, refused to whoever asked, approved by a second, and what it does. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DECISION_KINDS } from '../../src/domain/decisions.ts';
import type { DecisionKind } from '../../src/domain/decisions.ts';
import { caseStream, deviceStream, SYSTEM_STREAM } from '../../src/domain/fact.ts';
import type { FactType } from '../../src/domain/fact-types.ts';
import { guard } from '../../src/domain/guard.ts';
import { setKillSwitch } from '../../src/store/kill-switch.ts';
import { offerPolicy } from '../../src/store/policy-in-force.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { claimWipe } from '../../src/store/wipe-intents.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { itemsIn, policy, textIn } from './support/api.ts';
import type { Answer } from './support/api.ts';
import { startDeciders } from './support/decisions.ts';
import type { Deciders } from './support/decisions.ts';
import { addCase, append, discover, lastFact, leaverWith, typesIn, wiped } from './support/facts.ts';
import type { Found, Held } from './support/facts.ts';

const DAY_MS = 86_400_000;

let database: TestDatabase;
let two: Deciders;

beforeAll(async () => {
  database = await testDatabase();
  two = await startDeciders(database.url);
});
afterAll(async () => {
  await two.api.stop();
  await database.drop();
});

const db = () => two.api.db;
const get = async (path: string, as: 'viewer' | 'dock' = 'viewer') =>
  two.api.call('GET', `/api/v1${path}`, { as });
const post = (as: 'operator' | 'approver', path: string, body: object) =>
  two.api.call('POST', `/api/v1${path}`, { as, body });

let counter = 0;
async function oneDevice(found: Partial<Found> = {}) {
  counter += 1;
  const { devices, ...rest } = await leaverWith(db(), {
    serial: `DEC-${String(counter).padStart(4, '0')}`,
    ...found,
  });
  const [device] = devices as readonly [Held];
  return { ...rest, ...device, stream: deviceStream(device.deviceId) };
}

interface Prepared {
  readonly body: object;
  readonly stream: string;
  /** What approval adds to the stream, after `decision.made`. */
  readonly effect: readonly FactType[];
}

async function limitReached(): Promise<void> {
  await db().updateTable('wipe_limits').set({ tripped_at: two.now(), released_at: null }).execute();
}

/** Whatever other tests left on. */
async function nothingStopped(): Promise<void> {
  await db().updateTable('wipe_limits').set({ tripped_at: null }).execute();
  await inTransaction(db(), (tx) => setKillSwitch(tx, false, { by: 'token:x', decisionId: null }, two.now()));
}

async function holdWipe({ deviceId, epoch, stream }: Held & { readonly stream: string }): Promise<void> {
  const approvalId = `appr_${deviceId}`;
  const data = { epoch, approvalId, codes: ['limit-reached'] };
  await append(db(), [
    { stream, key: `wipe.held:${approvalId}:1`, type: 'wipe.held', actor: 'handback', data },
  ]);
}

/** Another policy every time, as a changed configuration file would propose it. */
async function proposePolicy(): Promise<void> {
  counter += 1;
  const other = { ...policy, wipe: { ...policy.wipe, dueMs: policy.wipe.dueMs + counter } };
  await inTransaction(db(), (tx) => offerPolicy(tx, other));
}

/** Brings about what each kind is asked for in. */
const PREPARE: Readonly<Record<DecisionKind, () => Promise<Prepared>>> = {
  async 'approve-wipe'() {
    const { deviceId, stream } = await oneDevice();
    return { body: { deviceId }, stream, effect: ['wipe.approved'] };
  },
  async 'approve-mismatch'() {
    const { deviceId, stream } = await oneDevice({ mdmNames: 'x9' });
    return { body: { deviceId }, stream, effect: ['mismatch.approved'] };
  },
  async 'vendor-sanitises'() {
    const { deviceId, stream } = await oneDevice();
    return { body: { deviceId }, stream, effect: ['sanitisation.delegated'] };
  },
  async 'waive-gate'() {
    const { stream } = await oneDevice();
    const expiresAt = new Date(two.now().getTime() + 30 * DAY_MS).toISOString();
    return { body: { stream, gate: 'return', expiresAt }, stream, effect: ['gate.waived'] };
  },
  async 'change-route'() {
    const { deviceId, stream } = await oneDevice();
    return { body: { deviceId, to: 'redeploy' }, stream, effect: ['route.changed'] };
  },
  async 'declare-lost'() {
    const { deviceId, stream } = await oneDevice();
    await post('operator', `/devices/${deviceId}/loss`, { kind: 'stolen', reason: 'a car was broken into' });
    return { body: { deviceId }, stream, effect: ['route.changed', 'lost.declared'] };
  },
  async 'release-wipe-limit'() {
    await limitReached();
    return { body: {}, stream: SYSTEM_STREAM, effect: ['limit.released'] };
  },
  async 'kill-switch-off'() {
    await inTransaction(db(), (tx) =>
      setKillSwitch(tx, true, { by: 'token:x', decisionId: null }, two.now()),
    );
    return { body: {}, stream: SYSTEM_STREAM, effect: ['switch.changed'] };
  },
  async 'change-policy'() {
    await proposePolicy();
    return { body: {}, stream: SYSTEM_STREAM, effect: [] };
  },
  async 'move-policy'() {
    const { caseId } = await oneDevice();
    await proposePolicy();
    await two.agree('change-policy');
    return { body: { caseId }, stream: caseStream(caseId), effect: ['case.policy-moved'] };
  },
};

describe.each(DECISION_KINDS)('%s', (kind) => {
  const asker = kind === 'change-policy' || kind === 'move-policy' ? 'admin' : 'approver';
  const ask = (body: object) => two.ask(asker, kind, body);
  const problem = (status: number, code: string) => ({ status, body: { code } });

  test('the same asked for twice is one; who asked cannot decide it; approved by a second, it takes effect', async () => {
    const { body, stream, effect } = await PREPARE[kind]();
    const asked = await ask(body);
    expect(asked).toMatchObject({
      status: 201,
      body: { kind, state: 'requested', reason: 'ticket 4711', requestedBy: `token:t-${asker}` },
    });
    for (const again of [await ask(body), await two.ask('second', kind, body)])
      expect(again).toMatchObject({ status: 200, body: { id: asked.body['id'] } });
    const before = await typesIn(db(), stream);
    expect(before.at(-1)).toBe('decision.requested');
    for (const verb of ['approve', 'refuse'] as const)
      expect(await two.decide(asker, verb, asked)).toMatchObject(problem(409, 'second-person-needed'));
    expect(await typesIn(db(), stream)).toEqual(before);
    expect(await two.decide('second', 'approve', asked)).toMatchObject({
      status: 200,
      body: { state: 'approved', decidedBy: 'token:t-second', subjectHash: asked.body['subjectHash'] },
    });
    expect((await typesIn(db(), stream)).slice(before.length)).toEqual(['decision.made', ...effect]);
    const made = await lastFact(db(), stream, 'decision.made');
    expect([made.actor, made.data.outcome]).toEqual(['token:t-second', 'approved']);
    expect(await two.decide('second', 'approve', asked)).toMatchObject(problem(409, 'decision-made'));
    expect(JSON.stringify(made)).not.toContain('ticket');
  });

  test('refused, withdrawn by who asked, or not decided in time, it does nothing, and is asked for anew', async () => {
    const { body, stream } = await PREPARE[kind]();
    const refused = await ask(body);
    expect(await two.decide('second', 'withdraw', refused)).toMatchObject(problem(409, 'not-the-requester'));
    expect(await two.decide('second', 'refuse', refused)).toMatchObject({
      status: 200,
      body: { state: 'refused' },
    });
    const withdrawn = await ask(body);
    expect(withdrawn).toMatchObject({ status: 201 });
    expect(withdrawn.body['id']).not.toBe(refused.body['id']);
    expect(await two.decide(asker, 'withdraw', withdrawn)).toMatchObject({
      status: 200,
      body: { state: 'withdrawn' },
    });
    expect(await two.decide('second', 'approve', withdrawn)).toMatchObject(problem(409, 'decision-made'));
    const late = await ask(body);
    const before = await typesIn(db(), stream);
    two.wait(policy.decisions.lifeMs);
    expect(await two.decide('second', 'approve', late)).toMatchObject(problem(409, 'decision-expired'));
    expect(await typesIn(db(), stream)).toEqual(before);
    const ids = async (state: string) =>
      itemsIn(await get(`/decisions?kind=${kind}&limit=200&state=${state}`)).map(({ id }) => id);
    expect(await ids('expired')).toContain(late.body['id']);
    expect(await ids('requested')).not.toContain(late.body['id']);
    const again = await ask(body);
    expect(again).toMatchObject({ status: 201, body: { state: 'requested' } });
    expect(await ids('requested')).toEqual([again.body['id']]);
    expect(await two.decide(asker, 'withdraw', again)).toMatchObject({ status: 200 });
  });
});

describe('an approved wipe', () => {
  test('is of that device alone: no claim of another passes with its approval', async () => {
    await nothingStopped();
    const [a, b] = [await oneDevice(), await oneDevice()];
    const asked = await two.ask('operator', 'approve-wipe', { deviceId: a.deviceId });
    expect(await two.decide('approver', 'approve', asked, { deviceId: b.deviceId })).toMatchObject({
      status: 400,
    });
    await two.decide('approver', 'approve', asked);
    expect(await typesIn(db(), b.stream)).not.toContain('wipe.approved');
    const { approvalId, actionHash } = (await lastFact(db(), a.stream, 'wipe.approved')).data;
    const row = await db()
      .selectFrom('approvals')
      .select(['device_id', 'requested_by', 'approved_by', 'basis'])
      .where('id', '=', approvalId)
      .executeTakeFirst();
    expect(row).toEqual({
      device_id: a.deviceId,
      requested_by: 'token:t-operator',
      approved_by: 'token:t-approver',
      basis: 'person',
    });
    const ofB = await two.ask('operator', 'approve-wipe', { deviceId: b.deviceId });
    const { actionHash: hashOfB } = ofB.body['subject'] as { actionHash: string };
    const claim = (device: typeof a, hash: string, approval = approvalId) =>
      inTransaction(db(), (tx) =>
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
                now: two.now().getTime(),
              }),
          },
          two.now(),
        ),
      );
    expect(await claim(b, hashOfB)).toEqual({ kind: 'refused', codes: ['approval-mismatch'] });
    // Its own approval, once refused, is spent; another one of its own passes.
    await two.decide('second', 'approve', ofB);
    const own = (await lastFact(db(), b.stream, 'wipe.approved')).data;
    expect([own.actionHash, actionHash === hashOfB]).toEqual([hashOfB, false]);
    expect(await claim(b, hashOfB, own.approvalId)).toMatchObject({ kind: 'send' });
  });

  test('counts once: while it does, no other can be asked for, and what asked for it is settled', async () => {
    const { deviceId, caseId, stream } = await oneDevice();
    const first = await two.ask('operator', 'approve-wipe', { deviceId });
    await two.decide('approver', 'approve', first);
    expect(await two.ask('operator', 'approve-wipe', { deviceId })).toMatchObject({
      status: 409,
      body: { code: 'not-to-decide', obstacle: 'wipe-under-way' },
    });
    two.wait(policy.wipe.approvalLifeMs);
    const second = await two.agree('approve-wipe', { deviceId });
    expect(second.body['subject']).toMatchObject({ attempt: 2 });
    expect((await lastFact(db(), stream, 'wipe.approved')).data.attempt).toBe(2);
    const shown = await get(`/decisions?caseId=${caseId}&state=approved`);
    expect(itemsIn(shown).map(({ id }) => id)).toEqual([first.body['id'], second.body['id']]);
  });
});

describe('a change between the request and its approval voids it', () => {
  /** What a second person's approval comes to, and how the decision stands then. */
  const approve = async (asked: Answer) => {
    const { status, body } = await two.decide('second', 'approve', asked);
    const { state } = (await get(`/decisions/${textIn(asked, 'id')}`)).body;
    return { status, code: body['code'], why: body['why'], state };
  };
  const voided = (why: string) => ({ status: 409, code: 'decision-void', why, state: 'void' });

  /** Cancelled, and found with another leaver: the same serial in a new epoch, enrolled anew. */
  async function reissue({ caseId, serial }: { caseId: string; serial: string }): Promise<Held> {
    await post('operator', `/cases/${caseId}/cancel`, { reason: 'withdrawn' });
    const { devices } = await leaverWith(db(), { serial, mdmId: `anew-${serial}` });
    const [device] = devices as readonly [Held];
    expect(device.epoch).toBe(2);
    return device;
  }

  test.each(['approve-wipe', 'vendor-sanitises', 'change-route'] as const)(
    '%s: the device was reissued, with another id at the device manager',
    async (kind) => {
      const device = await oneDevice();
      const asked = await two.ask('operator', kind, {
        deviceId: device.deviceId,
        ...(kind === 'change-route' && { to: 'redeploy' }),
      });
      await reissue(device);
      expect(await approve(asked)).toEqual(voided('subject-changed'));
      expect(await typesIn(db(), device.stream)).not.toContain(
        {
          'approve-wipe': 'wipe.approved',
          'vendor-sanitises': 'sanitisation.delegated',
          'change-route': 'route.changed',
        }[kind],
      );
    },
  );

  test('waive-gate: a waiver is of one epoch, and never of the next', async () => {
    const device = await oneDevice();
    const expiresAt = new Date(two.now().getTime() + DAY_MS * 30).toISOString();
    const asked = await two.ask('operator', 'waive-gate', {
      stream: device.stream,
      gate: 'return',
      expiresAt,
    });
    await reissue(device);
    expect(await approve(asked)).toEqual(voided('subject-changed'));
    expect(await typesIn(db(), device.stream)).not.toContain('gate.waived');
  });

  test('the case was cancelled', async () => {
    const { deviceId, caseId } = await oneDevice();
    const asked = await two.ask('operator', 'approve-wipe', { deviceId });
    await post('operator', `/cases/${caseId}/cancel`, { reason: 'withdrawn' });
    expect(await approve(asked)).toEqual(voided('custody-not-open'));
  });

  test('the route was changed meanwhile', async () => {
    const { deviceId } = await oneDevice();
    const wipe = await two.ask('operator', 'approve-wipe', { deviceId });
    const delegation = await two.ask('operator', 'vendor-sanitises', { deviceId });
    const redeploy = await two.ask('operator', 'change-route', { deviceId, to: 'redeploy' });
    const reviewAt = new Date(two.now().getTime() + 90 * DAY_MS).toISOString();
    await two.agree('change-route', { deviceId, to: 'legal-retention', reviewAt });
    expect(await approve(wipe)).toEqual(voided('route-has-no-wipe'));
    expect(await approve(delegation)).toEqual(voided('not-on-disposal'));
    expect(await approve(redeploy)).toEqual(voided('subject-changed'));
    const [custody] = listOf((await get(`/devices/${deviceId}`)).body['custodies']);
    expect(custody).toMatchObject({ route: 'legal-retention', reviewAt });
  });

  test('the gate went through by itself, or the wipe was proven', async () => {
    const device = await oneDevice();
    const expiresAt = new Date(two.now().getTime() + DAY_MS).toISOString();
    const waiver = await two.ask('operator', 'waive-gate', {
      stream: device.stream,
      gate: 'wipe',
      expiresAt,
    });
    const wipe = await two.ask('operator', 'approve-wipe', { deviceId: device.deviceId });
    await wiped(db(), device);
    expect(await approve(waiver)).toEqual(voided('gate-through'));
    expect(await approve(wipe)).toEqual(voided('wipe-proven'));
  });

  test('release-wipe-limit: another wipe is held now that nobody had in view', async () => {
    await limitReached();
    const [a, b] = [await oneDevice(), await oneDevice()];
    await holdWipe(a);
    const asked = await two.ask('operator', 'release-wipe-limit');
    expect(asked.body['subject']).toMatchObject({ held: [{ deviceId: a.deviceId }] });
    await holdWipe(b);
    expect(await approve(asked)).toEqual(voided('subject-changed'));
    expect(itemsIn(await get('/wipe-limit/held')).map(({ deviceId }) => deviceId)).toEqual(
      [a.deviceId, b.deviceId].toSorted(),
    );
    await two.agree('release-wipe-limit');
    expect(itemsIn(await get('/wipe-limit/held'))).toEqual([]);
    for (const { stream } of [a, b]) expect(await typesIn(db(), stream)).toContain('wipe.freed');
    expect((await get('/wipe-limit')).body).toMatchObject({ held: false, releasedBy: 'token:t-second' });
  });

  test('kill-switch-off: it was switched off and on again', async () => {
    const kill = (on: boolean) =>
      inTransaction(db(), (tx) => setKillSwitch(tx, on, { by: 'token:x', decisionId: null }, two.now()));
    await kill(true);
    const asked = await two.ask('operator', 'kill-switch-off');
    await kill(false);
    two.wait(1_000);
    await kill(true);
    expect(await approve(asked)).toEqual(voided('subject-changed'));
    await two.agree('kill-switch-off');
    expect((await get('/switches/kill')).body).toMatchObject({ on: false, changedBy: 'token:t-second' });
  });

  test('change-policy: the configuration proposes another one now', async () => {
    await proposePolicy();
    const asked = await two.ask('admin', 'change-policy');
    await proposePolicy();
    expect(await approve(asked)).toEqual(voided('subject-changed'));
  });
});

describe('what cannot be decided is said with what to do instead', () => {
  const obstacle = (code: string) => ({ status: 409, body: { code: 'not-to-decide', obstacle: code } });

  test.each([
    ['approve-wipe', 'personal', 'device-personal'],
    ['approve-wipe', 'leased', 'device-personal'],
    ['approve-wipe', 'unknown', 'device-personal'],
  ] as const)('%s of a %s device: %s', async (kind, ownership, code) => {
    const { deviceId } = await oneDevice({ ownership });
    expect(await two.ask('operator', kind, { deviceId })).toMatchObject(obstacle(code));
  });

  test('of a device in no custody, of sources that agree, of a device that nobody reported lost', async () => {
    const { deviceId } = await oneDevice();
    const nobodys = `dev_${'0'.repeat(26)}`;
    expect(await two.ask('operator', 'approve-wipe', { deviceId: nobodys })).toMatchObject(
      obstacle('custody-not-open'),
    );
    expect(await two.ask('operator', 'approve-mismatch', { deviceId })).toMatchObject(
      obstacle('no-mismatch'),
    );
    expect(await two.ask('operator', 'declare-lost', { deviceId })).toMatchObject(
      obstacle('not-reported-lost'),
    );
  });

  test('routes that are the same, do not fit, or need a review', async () => {
    const { deviceId } = await oneDevice();
    const ask = (to: string, more: object = {}) =>
      two.ask('operator', 'change-route', { deviceId, to, ...more });
    expect(await ask('dispose')).toMatchObject(obstacle('same-route'));
    expect(await ask('personal')).toMatchObject(obstacle('route-not-fitting'));
    expect(await ask('legal-retention')).toMatchObject(obstacle('review-needed'));
    expect(await ask('legal-retention', { reviewAt: '2020-01-01T00:00:00Z' })).toMatchObject(
      obstacle('review-needed'),
    );
    expect(await ask('elsewhere')).toMatchObject({ status: 400 });
    const { deviceId: phone } = await oneDevice({ ownership: 'personal' });
    expect(await two.ask('operator', 'change-route', { deviceId: phone, to: 'redeploy' })).toMatchObject(
      obstacle('route-not-fitting'),
    );
  });

  test('waivers that last too long, or are of a gate of something else', async () => {
    const { stream, caseId } = await oneDevice();
    const ask = (gate: string, ms: number, of = stream) =>
      two.ask('operator', 'waive-gate', {
        stream: of,
        gate,
        expiresAt: new Date(two.now().getTime() + ms).toISOString(),
      });
    expect(await ask('return', policy.decisions.waiverMaxMs + DAY_MS)).toMatchObject(
      obstacle('waiver-too-long'),
    );
    expect(await ask('return', -1)).toMatchObject(obstacle('waiver-too-long'));
    expect(await ask('access-cut', DAY_MS)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(await ask('return', DAY_MS, caseStream(caseId))).toMatchObject({ status: 400 });
    expect(await ask('discovery', DAY_MS, caseStream(caseId))).toMatchObject(obstacle('gate-through'));
  });

  test('a limit that was not reached, a switch that is off, a case under that policy', async () => {
    await nothingStopped();
    const { caseId } = await oneDevice();
    expect(await two.ask('operator', 'kill-switch-off')).toMatchObject(obstacle('switch-is-off'));
    expect(await two.ask('operator', 'release-wipe-limit')).toMatchObject(obstacle('limit-not-reached'));
    await proposePolicy();
    await two.agree('change-policy');
    await two.agree('move-policy', { caseId });
    expect(await two.ask('operator', 'move-policy', { caseId })).toMatchObject(obstacle('same-policy'));
    expect(await two.ask('admin', 'change-policy')).toMatchObject(obstacle('nothing-proposed'));
  });
});

describe('effects', () => {
  const gatesOf = (custody: Readonly<Record<string, unknown>> | undefined) =>
    Object.fromEntries(listOf(custody?.['gates']).map(({ gate, state }) => [String(gate), String(state)]));
  const custodyOf = async (deviceId: string) =>
    listOf((await get(`/devices/${deviceId}`)).body['custodies']).at(-1);

  test('a waived gate counts until its date, and no longer', async () => {
    const { deviceId, stream, caseId } = await oneDevice();
    const expiresAt = new Date(two.now().getTime() + 3 * DAY_MS).toISOString();
    await two.agree('waive-gate', { stream, gate: 'wipe', expiresAt });
    await two.agree('waive-gate', { stream: caseStream(caseId), gate: 'access-cut', expiresAt });
    expect(gatesOf(await custodyOf(deviceId))).toMatchObject({ wipe: 'waived' });
    expect(gatesOf((await get(`/cases/${caseId}`)).body)).toMatchObject({ 'access-cut': 'waived' });
    two.wait(4 * DAY_MS);
    expect(gatesOf(await custodyOf(deviceId))).not.toMatchObject({ wipe: 'waived' });
    expect(gatesOf((await get(`/cases/${caseId}`)).body)).not.toMatchObject({ 'access-cut': 'waived' });
  });

  test('a lost device needs no return; put on another route, it can be lost again', async () => {
    const { deviceId } = await oneDevice();
    await post('operator', `/devices/${deviceId}/loss`, { kind: 'lost', reason: 'left on a train' });
    await two.agree('declare-lost', { deviceId });
    expect(await custodyOf(deviceId)).toMatchObject({ route: 'lost' });
    expect(gatesOf(await custodyOf(deviceId))).toMatchObject({ return: 'substituted' });
    await two.agree('change-route', { deviceId, to: 'dispose' });
    expect(gatesOf(await custodyOf(deviceId))).toMatchObject({ return: 'waiting' });
    await two.agree('declare-lost', { deviceId });
    expect(gatesOf(await custodyOf(deviceId))).toMatchObject({ return: 'substituted' });
  });

  test('a mismatch is approved of exactly whom the sources named', async () => {
    const { deviceId, stream } = await oneDevice({ mdmNames: 'x9' });
    const asked = await two.agree('approve-mismatch', { deviceId });
    const others = [{ connector: 'intune', other: 'x9' }];
    expect(asked.body['subject']).toMatchObject({ codes: ['holder-mismatch'], others });
    expect((await lastFact(db(), stream, 'mismatch.approved')).data).toMatchObject({ others });
  });

  test('a case that is moved is judged by the new policy, with its custodies', async () => {
    const { caseId, stream } = await oneDevice();
    const before = (await get(`/cases/${caseId}`)).body['policyDigest'];
    await proposePolicy();
    await two.agree('change-policy');
    expect((await get(`/cases/${caseId}`)).body['policyDigest']).toBe(before);
    await two.agree('move-policy', { caseId });
    const after = (await get(`/cases/${caseId}`)).body['policyDigest'];
    expect(after).not.toBe(before);
    expect((await lastFact(db(), stream, 'custody.policy-moved')).data).toMatchObject({
      from: before,
      to: after,
    });
  });

  test('what the guard refused is shown in sentences', async () => {
    const { deviceId, stream, epoch } = await oneDevice();
    await two.agree('approve-wipe', { deviceId });
    const { approvalId, policyDigest } = (await lastFact(db(), stream, 'wipe.approved')).data;
    const data = { epoch, approvalId, codes: ['person-not-gone'], rulesVersion: '1', policyDigest };
    const key = `wipe.refused:${approvalId}`;
    await append(db(), [{ stream, key, type: 'wipe.refused', actor: 'handback', data }]);
    expect(await custodyOf(deviceId)).toMatchObject({
      refusal: {
        reasons: [{ code: 'person-not-gone', sentence: expect.stringContaining('find out whether') }],
      },
    });
  });
});

test('two who ask for the same at once ask for one, and two who approve at once approve it once', async () => {
  await proposePolicy();
  const asked = await Promise.all([1, 2, 3, 4].map(() => two.ask('admin', 'change-policy')));
  expect(new Set(asked.map(({ body }) => body['id'])).size).toBe(1);
  expect(asked.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 201]);
  const [one] = asked;
  if (one === undefined) throw new Error('nobody asked');
  const made = await Promise.all([1, 2, 3].map(() => two.decide('second', 'approve', one)));
  expect(made.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
});

test('the list pages through what was asked for, oldest first', async () => {
  const first = await get('/decisions?state=all&limit=3');
  const rest = await get(`/decisions?state=all&limit=200&cursor=${String(first.body['next'])}`);
  const all = await get('/decisions?state=all&limit=200');
  expect([...itemsIn(first), ...itemsIn(rest)]).toEqual(itemsIn(all));
  const times = itemsIn(all).map(({ requestedAt }) => String(requestedAt));
  expect(times).toEqual(times.toSorted());
});

test('a case whose leave lies ahead has no devices to decide about, and can be moved all the same', async () => {
  const { personId, caseId: other } = await oneDevice();
  await post('operator', `/cases/${other}/cancel`, { reason: 'withdrawn' });
  const caseId = await addCase(db(), personId, new Date(two.now().getTime() + 30 * DAY_MS));
  await proposePolicy();
  await two.agree('change-policy');
  expect((await two.agree('move-policy', { caseId })).body['subject']).toMatchObject({ caseId });
  await expect(discover(db(), caseId, personId, [])).resolves.toEqual([]);
});

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) throw new Error('no list');
  return value;
}
