/** Decisions of two people: each kind asked for, refused to whoever asked, approved by a second; and what cannot be decided. */
import { describe, expect, test } from 'vitest';
import { DECISION_KINDS } from '../../src/domain/decisions.ts';
import type { DecisionKind } from '../../src/domain/decisions.ts';
import { caseStream, personStream, SYSTEM_STREAM } from '../../src/domain/fact.ts';
import type { FactType } from '../../src/domain/fact-types.ts';
import { itemsIn, policy } from './support/api.ts';
import { useDecisionBench } from './support/decision-bench.ts';
import { addCase, addPerson, discover, lastFact, typesIn } from './support/facts.ts';

const DAY_MS = 86_400_000;

const bench = useDecisionBench();

interface Prepared {
  readonly body: object;
  readonly stream: string;
  /** What approval adds to the stream, after `decision.made`. */
  readonly effect: readonly FactType[];
}

/** Brings about what each kind is asked for in. */
const PREPARE: Readonly<Record<DecisionKind, () => Promise<Prepared>>> = {
  async 'approve-wipe'() {
    const { deviceId, stream } = await bench().oneDevice();
    return { body: { deviceId }, stream, effect: ['wipe.approved'] };
  },
  async 'approve-mismatch'() {
    const { deviceId, stream } = await bench().oneDevice({ mdmNames: 'x9' });
    return { body: { deviceId }, stream, effect: ['mismatch.approved'] };
  },
  async 'vendor-sanitises'() {
    const { deviceId, stream } = await bench().oneDevice();
    return { body: { deviceId }, stream, effect: ['sanitisation.delegated'] };
  },
  async 'waive-gate'() {
    const { stream } = await bench().oneDevice();
    const expiresAt = new Date(bench().now().getTime() + 30 * DAY_MS).toISOString();
    return { body: { stream, gate: 'return', expiresAt }, stream, effect: ['gate.waived'] };
  },
  async 'change-route'() {
    const { deviceId, stream } = await bench().oneDevice();
    return { body: { deviceId, to: 'redeploy' }, stream, effect: ['route.changed'] };
  },
  async 'declare-lost'() {
    const { deviceId, stream } = await bench().oneDevice();
    await bench().post('operator', `/devices/${deviceId}/loss`, {
      kind: 'stolen',
      reason: 'a car was broken into',
    });
    return { body: { deviceId }, stream, effect: ['route.changed', 'lost.declared'] };
  },
  async 'release-wipe-limit'() {
    await bench().trip();
    return { body: {}, stream: SYSTEM_STREAM, effect: ['limit.released'] };
  },
  async 'kill-switch-off'() {
    await bench().kill(true);
    return { body: {}, stream: SYSTEM_STREAM, effect: ['switch.changed'] };
  },
  async 'change-policy'() {
    await bench().proposePolicy();
    return { body: {}, stream: SYSTEM_STREAM, effect: [] };
  },
  async 'move-policy'() {
    const { caseId } = await bench().oneDevice();
    await bench().proposePolicy();
    await bench().agree('change-policy');
    return { body: { caseId }, stream: caseStream(caseId), effect: ['case.policy-moved'] };
  },
  async 'erase-person'() {
    // A policy is in force, as in every installation that runs.
    await bench().oneDevice();
    const personId = await addPerson(bench().api.db);
    // What it does, a worker does: test/store/erase-person.test.ts.
    return { body: { personId }, stream: personStream(personId), effect: [] };
  },
};

describe.each(DECISION_KINDS)('%s', (kind) => {
  const asker = kind === 'change-policy' || kind === 'move-policy' ? 'admin' : 'approver';
  const ask = (body: object) => bench().ask(asker, kind, body);
  const problem = (status: number, code: string) => ({ status, body: { code } });

  test('the same asked for twice is one; who asked cannot decide it; approved by a second, it takes effect', async () => {
    const { body, stream, effect } = await PREPARE[kind]();
    const asked = await ask(body);
    expect(asked).toMatchObject({
      status: 201,
      body: { kind, state: 'requested', reason: 'ticket 4711', requestedBy: `token:t-${asker}` },
    });
    for (const again of [await ask(body), await bench().ask('second', kind, body)])
      expect(again).toMatchObject({ status: 200, body: { id: asked.body['id'] } });
    const before = await typesIn(bench().api.db, stream);
    expect(before.at(-1)).toBe('decision.requested');
    for (const verb of ['approve', 'refuse'] as const)
      expect(await bench().decide(asker, verb, asked)).toMatchObject(problem(409, 'second-person-needed'));
    expect(await typesIn(bench().api.db, stream)).toEqual(before);
    expect(await bench().decide('second', 'approve', asked)).toMatchObject({
      status: 200,
      body: { state: 'approved', decidedBy: 'token:t-second', subjectHash: asked.body['subjectHash'] },
    });
    expect((await typesIn(bench().api.db, stream)).slice(before.length)).toEqual([
      'decision.made',
      ...effect,
    ]);
    const made = await lastFact(bench().api.db, stream, 'decision.made');
    expect([made.actor, made.data.outcome]).toEqual(['token:t-second', 'approved']);
    expect(await bench().decide('second', 'approve', asked)).toMatchObject(problem(409, 'decision-made'));
    expect(JSON.stringify(made)).not.toContain('ticket');
  });

  test('refused, withdrawn by who asked, or not decided in time, it does nothing, and is asked for anew', async () => {
    const { body, stream } = await PREPARE[kind]();
    const refused = await ask(body);
    expect(await bench().decide('second', 'withdraw', refused)).toMatchObject(
      problem(409, 'not-the-requester'),
    );
    expect(await bench().decide('second', 'refuse', refused)).toMatchObject({
      status: 200,
      body: { state: 'refused' },
    });
    const withdrawn = await ask(body);
    expect(withdrawn).toMatchObject({ status: 201 });
    expect(withdrawn.body['id']).not.toBe(refused.body['id']);
    expect(await bench().decide(asker, 'withdraw', withdrawn)).toMatchObject({
      status: 200,
      body: { state: 'withdrawn' },
    });
    expect(await bench().decide('second', 'approve', withdrawn)).toMatchObject(problem(409, 'decision-made'));
    const late = await ask(body);
    const before = await typesIn(bench().api.db, stream);
    bench().wait(policy.decisions.lifeMs);
    expect(await bench().decide('second', 'approve', late)).toMatchObject(problem(409, 'decision-expired'));
    expect(await typesIn(bench().api.db, stream)).toEqual(before);
    const ids = async (state: string) =>
      itemsIn(await bench().get(`/decisions?kind=${kind}&limit=200&state=${state}`)).map(({ id }) => id);
    expect(await ids('expired')).toContain(late.body['id']);
    expect(await ids('requested')).not.toContain(late.body['id']);
    const again = await ask(body);
    expect(again).toMatchObject({ status: 201, body: { state: 'requested' } });
    expect(await ids('requested')).toEqual([again.body['id']]);
    expect(await bench().decide(asker, 'withdraw', again)).toMatchObject({ status: 200 });
  });
});

describe('what cannot be decided is said with what to do instead', () => {
  const obstacle = (code: string) => ({ status: 409, body: { code: 'not-to-decide', obstacle: code } });

  test.each([
    ['approve-wipe', 'personal', 'device-personal'],
    ['approve-wipe', 'leased', 'device-personal'],
    ['approve-wipe', 'unknown', 'device-personal'],
  ] as const)('%s of a %s device: %s', async (kind, ownership, code) => {
    const { deviceId } = await bench().oneDevice({ ownership });
    expect(await bench().ask('operator', kind, { deviceId })).toMatchObject(obstacle(code));
  });

  test('of a device in no custody, of sources that agree, of a device that nobody reported lost', async () => {
    const { deviceId } = await bench().oneDevice();
    const nobodys = `dev_${'0'.repeat(26)}`;
    expect(await bench().ask('operator', 'approve-wipe', { deviceId: nobodys })).toMatchObject(
      obstacle('custody-not-open'),
    );
    expect(await bench().ask('operator', 'approve-mismatch', { deviceId })).toMatchObject(
      obstacle('no-mismatch'),
    );
    expect(await bench().ask('operator', 'declare-lost', { deviceId })).toMatchObject(
      obstacle('not-reported-lost'),
    );
  });

  test('routes that are the same, do not fit, or need a review', async () => {
    const { deviceId } = await bench().oneDevice();
    const ask = (to: string, more: object = {}) =>
      bench().ask('operator', 'change-route', { deviceId, to, ...more });
    expect(await ask('dispose')).toMatchObject(obstacle('same-route'));
    expect(await ask('personal')).toMatchObject(obstacle('route-not-fitting'));
    expect(await ask('legal-retention')).toMatchObject(obstacle('review-needed'));
    expect(await ask('legal-retention', { reviewAt: '2020-01-01T00:00:00Z' })).toMatchObject(
      obstacle('review-needed'),
    );
    expect(await ask('elsewhere')).toMatchObject({ status: 400 });
    const { deviceId: phone } = await bench().oneDevice({ ownership: 'personal' });
    expect(await bench().ask('operator', 'change-route', { deviceId: phone, to: 'redeploy' })).toMatchObject(
      obstacle('route-not-fitting'),
    );
  });

  test('waivers that last too long, or are of a gate of something else', async () => {
    const { stream, caseId } = await bench().oneDevice();
    const ask = (gate: string, ms: number, of = stream) =>
      bench().ask('operator', 'waive-gate', {
        stream: of,
        gate,
        expiresAt: new Date(bench().now().getTime() + ms).toISOString(),
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
    await bench().nothingStopped();
    const { caseId } = await bench().oneDevice();
    expect(await bench().ask('operator', 'kill-switch-off')).toMatchObject(obstacle('switch-is-off'));
    expect(await bench().ask('operator', 'release-wipe-limit')).toMatchObject(obstacle('limit-not-reached'));
    await bench().proposePolicy();
    await bench().agree('change-policy');
    await bench().agree('move-policy', { caseId });
    expect(await bench().ask('operator', 'move-policy', { caseId })).toMatchObject(obstacle('same-policy'));
    expect(await bench().ask('admin', 'change-policy')).toMatchObject(obstacle('nothing-proposed'));
  });
});

test('two who ask for the same at once ask for one, and two who approve at once approve it once', async () => {
  await bench().proposePolicy();
  const asked = await Promise.all([1, 2, 3, 4].map(() => bench().ask('admin', 'change-policy')));
  expect(new Set(asked.map(({ body }) => body['id'])).size).toBe(1);
  expect(asked.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 201]);
  const [one] = asked;
  if (one === undefined) throw new Error('nobody asked');
  const made = await Promise.all([1, 2, 3].map(() => bench().decide('second', 'approve', one)));
  expect(made.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
});

test('the list pages through what was asked for, oldest first', async () => {
  const first = await bench().get('/decisions?state=all&limit=3');
  const rest = await bench().get(`/decisions?state=all&limit=200&cursor=${String(first.body['next'])}`);
  const all = await bench().get('/decisions?state=all&limit=200');
  expect([...itemsIn(first), ...itemsIn(rest)]).toEqual(itemsIn(all));
  const times = itemsIn(all).map(({ requestedAt }) => String(requestedAt));
  expect(times).toEqual(times.toSorted());
});

test('a case whose leave lies ahead has no devices to decide about, and can be moved all the same', async () => {
  const { personId, caseId: other } = await bench().oneDevice();
  await bench().post('operator', `/cases/${other}/cancel`, { reason: 'withdrawn' });
  const caseId = await addCase(bench().api.db, personId, new Date(bench().now().getTime() + 30 * DAY_MS));
  await bench().proposePolicy();
  await bench().agree('change-policy');
  expect((await bench().agree('move-policy', { caseId })).body['subject']).toMatchObject({ caseId });
  await expect(discover(bench().api.db, caseId, personId, [])).resolves.toEqual([]);
});
