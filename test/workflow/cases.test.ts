/** Cases and custodies on a real Temporal server, against the sandbox. One engine; each test has leavers of its own. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WorkflowNotFoundError } from '@temporalio/client';
import { caseWorkflowId, custodyWorkflowId } from '../../src/domain/ids.ts';
import { storeDelivery } from '../../src/store/inbox.ts';
import { cancel, decide, killSwitch } from '../support/engine/decisions.ts';
import { eventually } from '../support/engine/eventually.ts';
import {
  caseRow,
  custodiesOf,
  custodyWhere,
  effectsOf,
  factsOf,
  openCaseOf,
  openExceptions,
  seed,
  wiped,
} from '../support/engine/leavers.ts';
import { ledgerTroubles } from '../support/engine/ledger-check.ts';
import { oktaHookBody } from '../support/engine/okta-hook.ts';
import { startEngine } from '../support/engine/start-engine.ts';
import type { Engine } from '../support/engine/start-engine.ts';
import { describeLocalTemporal } from '../support/temporal/describe-with.ts';
import { findPeople } from '../../src/store/read/people.ts';

const DAY_MS = 86_400_000;

describeLocalTemporal('cases', () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(async () => {
    const troubles = engine === undefined ? [] : await ledgerTroubles(engine);
    await engine?.stop();
    expect(troubles).toEqual([]);
  });

  const gate = (caseId: string, name: string, state: string) =>
    eventually(`${name} ${state}`, async () => (await caseRow(engine, caseId)).gates[name]?.state === state);
  const types = async (caseId: string) => (await factsOf(engine, `case:${caseId}`)).map((fact) => fact.type);
  const status = async (workflowId: string) => {
    try {
      return (await engine.temporal.client.workflow.getHandle(workflowId).describe()).status.name;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'NONE';
      throw error;
    }
  };
  const ended = (workflowId: string) =>
    eventually(`${workflowId} to end`, async () => (await status(workflowId)) === 'COMPLETED');

  it('of two people at once wipe each laptop once', async () => {
    await seed(engine, [{ key: 'ann' }, { key: 'bob' }]);
    const cases = await Promise.all([openCaseOf(engine, 'ann'), openCaseOf(engine, 'bob')]);
    for (const { caseId } of cases) await wiped(engine, caseId);
    for (const key of ['ann', 'bob'])
      expect(await effectsOf(engine, 'wipe', `${key}-laptop`)).toHaveLength(1);
  });

  it('that are scheduled do nothing before the day, and end when cancelled', async () => {
    await seed(engine, [{ key: 'cas' }]);
    const { caseId } = await openCaseOf(engine, 'cas', { effectiveAt: new Date(Date.now() + 30 * DAY_MS) });
    await eventually('the workflow', async () => (await status(caseWorkflowId(caseId, 1))) === 'RUNNING');
    await cancel(engine, caseId);
    await ended(caseWorkflowId(caseId, 1));
    expect(await types(caseId)).toEqual(['case.opened', 'case.cancelled']);
    const [, cancelled] = await factsOf(engine, `case:${caseId}`);
    expect(cancelled?.data).toMatchObject({ done: [], notDone: ['discovery', 'access-cut'] });
    expect(await effectsOf(engine, 'user.deactivate', 'cas')).toEqual([]);
  });

  it('start at the date that they were moved to', async () => {
    await seed(engine, [{ key: 'dan', devices: [] }]);
    const { caseId } = await openCaseOf(engine, 'dan', { effectiveAt: new Date(Date.now() + 30 * DAY_MS) });
    await eventually('the workflow', async () => (await status(caseWorkflowId(caseId, 1))) === 'RUNNING');
    const moved = new Date(Date.now() + 1_500);
    await openCaseOf(engine, 'dan', { effectiveAt: moved, eventKey: 'dan-2' });
    await eventually('the start', async () => (await types(caseId)).includes('case.started'));
    const { started_at: startedAt } = await caseRow(engine, caseId);
    expect(Date.parse(startedAt ?? '')).toBeGreaterThanOrEqual(moved.getTime());
    await eventually('the end', async () => (await caseRow(engine, caseId)).state === 'completed');
  });

  it('that are cancelled after discovery end their custodies, and nothing is wiped', async () => {
    await seed(engine, [
      { key: 'eve', devices: [{ key: 'eve-laptop' }, { key: 'eve-phone', platform: 'android' }] },
    ]);
    await killSwitch(engine, true);
    const { caseId } = await openCaseOf(engine, 'eve');
    await eventually('two held wipes', async () => {
      const held = (await custodiesOf(engine, caseId)).filter((one) => one.gates['wipe']?.state === 'held');
      return held.length === 2;
    });
    const custodies = await custodiesOf(engine, caseId);
    expect(await cancel(engine, caseId)).toBe(true);
    await killSwitch(engine, false);
    for (const { device_id: deviceId, epoch } of custodies) await ended(custodyWorkflowId(deviceId, epoch));
    await ended(caseWorkflowId(caseId, 1));
    const cancelled = (await factsOf(engine, `case:${caseId}`)).find(
      (fact) => fact.type === 'case.cancelled',
    );
    expect(cancelled?.data['done']).toEqual(['discovery', 'access-cut']);
    expect(cancelled?.data['notDone']).toEqual(
      custodies
        .map((one) => one.device_id)
        .toSorted()
        .flatMap((id) => [`wipe:${id}`, `return:${id}`, `itad-handoff:${id}`]),
    );
    for (const key of ['eve-laptop', 'eve-phone']) expect(await effectsOf(engine, 'wipe', key)).toEqual([]);
  });

  it('wipe nothing while the kill switch is on, and once when it is off again', async () => {
    await seed(engine, [{ key: 'fay' }]);
    await killSwitch(engine, true);
    const { caseId } = await openCaseOf(engine, 'fay');
    await custodyWhere(engine, caseId, 'the held wipe', (one) => one.gates['wipe']?.state === 'held');
    expect(await effectsOf(engine, 'wipe', 'fay-laptop')).toEqual([]);
    await killSwitch(engine, false);
    await wiped(engine, caseId);
    expect(await effectsOf(engine, 'wipe', 'fay-laptop')).toHaveLength(1);
  });

  it('wipe again under a new approval after a failed wipe was decided, and not before', async () => {
    await seed(engine, [{ key: 'gus', devices: [{ key: 'gus-laptop', behaviour: { wipe: 'failed' } }] }]);
    const { caseId } = await openCaseOf(engine, 'gus');
    await eventually('the exception', async () =>
      (await openExceptions(engine, caseId)).includes('wipe-failed'),
    );
    expect(await effectsOf(engine, 'wipe', 'gus-laptop')).toHaveLength(1);
    await engine.control.post('/instances/graph/devices/gus-laptop/behaviour', { wipe: 'done' });
    await decide(engine, caseId, 'wipe-failed', 'retry');
    const { device_id: deviceId } = await wiped(engine, caseId);
    expect(await effectsOf(engine, 'wipe', 'gus-laptop')).toHaveLength(2);
    const approvals = (await factsOf(engine, `device:${deviceId}`)).filter(
      (fact) => fact.type === 'wipe.approved',
    );
    const intents = (await factsOf(engine, `device:${deviceId}`)).filter(
      (fact) => fact.type === 'wipe.intended',
    );
    expect(new Set(approvals.map((fact) => fact.data['approvalId'])).size).toBe(2);
    expect(intents.map((fact) => fact.data['approvalId'])).toEqual(
      approvals.map((fact) => fact.data['approvalId']),
    );
  });

  it('are not satisfied by a wipe that was done before ours; an offline laptop stays pending until it is back', async () => {
    await seed(engine, [
      { key: 'hal', devices: [{ key: 'hal-laptop', behaviour: { online: false, staleDone: true } }] },
    ]);
    const { caseId } = await openCaseOf(engine, 'hal');
    const pending = (state: string | undefined) => state === 'in-progress';
    await custodyWhere(engine, caseId, 'the pending wipe', (one) => pending(one.gates['wipe']?.state));
    await sweptAfter(engine, 'intune');
    await sweptAfter(engine, 'intune');
    const [before] = await custodiesOf(engine, caseId);
    expect(before?.gates['wipe']?.state).toBe('in-progress');
    await engine.control.post('/instances/graph/devices/hal-laptop/online');
    await wiped(engine, caseId);
    expect(await effectsOf(engine, 'wipe', 'hal-laptop')).toHaveLength(1);
  });

  it('show a device that no inventory knows as an exception', async () => {
    await seed(engine, [{ key: 'ida', devices: [{ key: 'ida-laptop', inventory: false }] }]);
    const { caseId } = await openCaseOf(engine, 'ida');
    await eventually('the exception', async () =>
      (await openExceptions(engine, caseId)).includes('unrecorded-device'),
    );
    expect((await caseRow(engine, caseId)).state).toBe('open');
  });

  it('wipe nothing that a source holds to be somebody else’s', async () => {
    await seed(engine, [
      { key: 'jon', devices: [] },
      { key: 'kim', devices: [{ key: 'kim-laptop', behaviour: { inventory: { assignedTo: 'jon' } } }] },
    ]);
    const { caseId } = await openCaseOf(engine, 'kim');
    await eventually('the exception', async () =>
      (await openExceptions(engine, caseId)).includes('holder-mismatch'),
    );
    expect(await effectsOf(engine, 'wipe', 'kim-laptop')).toEqual([]);
  });

  it('open once, however often and in whatever order the hook tells of it', async () => {
    await seed(engine, [{ key: 'lou', devices: [] }]);
    await engine.control.post('/instances/okta/users/lou/suspend');
    const suspended = await oktaHookBody(engine, 'lou', 'user.lifecycle.suspend');
    await engine.control.post('/instances/okta/users/lou/deactivate');
    const left = await oktaHookBody(engine, 'lou', 'user.lifecycle.deactivate');
    for (const [id, body] of [
      ['1', left],
      ['2', left],
      ['3', suspended],
      ['4', left],
    ] as const)
      await storeDelivery(engine.db, 'okta', `lou-${id}`, body);
    await drained(engine);
    await storeDelivery(engine.db, 'okta', 'lou-1', left);
    await storeDelivery(engine.db, 'okta', 'lou-5', left);
    await drained(engine);
    expect(await casesAbout(engine, 'lou')).toHaveLength(1);
  });

  it('are not opened by a suspension', async () => {
    await seed(engine, [{ key: 'mia', devices: [] }]);
    await engine.control.post('/instances/okta/users/mia/suspend');
    await storeDelivery(
      engine.db,
      'okta',
      'mia-1',
      await oktaHookBody(engine, 'mia', 'user.lifecycle.suspend'),
    );
    await drained(engine);
    expect(await casesAbout(engine, 'mia')).toEqual([]);
    const recorded = await engine.db
      .selectFrom('lifecycle_events')
      .select(['kind', 'outcome'])
      .where('event_id', 'is not', null)
      .where('kind', '=', 'suspension')
      .execute();
    expect(recorded).toContainEqual({ kind: 'suspension', outcome: 'recorded' });
  });

  it('are cancelled when the leaver is back in time', async () => {
    await seed(engine, [{ key: 'ned', devices: [{ key: 'ned-laptop', behaviour: { online: false } }] }]);
    await engine.control.post('/instances/okta/users/ned/deactivate');
    await storeDelivery(
      engine.db,
      'okta',
      'ned-1',
      await oktaHookBody(engine, 'ned', 'user.lifecycle.deactivate'),
    );
    await eventually('the case', async () => (await casesAbout(engine, 'ned')).length === 1);
    await engine.control.post('/instances/okta/users/ned/reactivate');
    await storeDelivery(
      engine.db,
      'okta',
      'ned-2',
      await oktaHookBody(engine, 'ned', 'user.lifecycle.reactivate'),
    );
    const [found] = await eventually('the cancellation', async () => {
      const cases = await casesAbout(engine, 'ned');
      return cases[0]?.state === 'cancelled' ? cases : undefined;
    });
    await ended(caseWorkflowId(found?.id ?? '', 1));
  });

  it('cut access without a source that is down, and conclude discovery only with its answer', async () => {
    await seed(engine, [{ key: 'oda' }]);
    const { id } = await engine.control.post<{ id: string }>('/faults', {
      instance: 'snipeit',
      match: {},
      fault: { type: 'down' },
    });
    const { caseId } = await openCaseOf(engine, 'oda');
    await gate(caseId, 'access-cut', 'satisfied');
    const before = await caseRow(engine, caseId);
    expect(before.gates['discovery']?.state).toBe('in-progress');
    expect(before.blocked_by).toContainEqual(
      expect.objectContaining({ kind: 'source', owner: 'source:snipeit', code: 'source-unanswered' }),
    );
    expect(await custodiesOf(engine, caseId)).toEqual([]);
    const cut = (await factsOf(engine, `case:${caseId}`)).find((fact) => fact.type === 'access.cut');
    const delay = Date.parse(String(cut?.data['cutAt'])) - Date.parse(before.started_at ?? '');
    expect(delay).toBeGreaterThanOrEqual(5_000);
    await engine.control.delete(`/faults/${id}`);
    await gate(caseId, 'discovery', 'satisfied');
    const answer = (await factsOf(engine, `case:${caseId}`)).find(
      (fact) => fact.type === 'source.answered' && fact.data['connector'] === 'snipeit',
    );
    expect(answer?.data['sightings']).toHaveLength(1);
    await wiped(engine, caseId);
  });
});

/** Waits until a connector has been read again from now on. */
async function sweptAfter(engine: Engine, connector: string): Promise<void> {
  const last = () =>
    engine.db
      .selectFrom('connector_state')
      .select('last_ok_at')
      .where('connector', '=', connector)
      .executeTakeFirst();
  const before = (await last())?.last_ok_at ?? '';
  await eventually('the sweep', async () => ((await last())?.last_ok_at ?? '') > before);
}

async function drained(engine: Engine): Promise<void> {
  await eventually(
    'the inbox',
    async () =>
      (await engine.db.selectFrom('inbox').select('id').where('state', '=', 'new').executeTakeFirst()) ===
      undefined,
  );
}

async function casesAbout(engine: Engine, key: string) {
  const people = await findPeople(engine.db, { employeeNumber: `E-${key}` });
  return engine.db
    .selectFrom('cases')
    .select(['id', 'state'])
    .where('person_id', 'in', [...people, 'nobody'])
    .execute();
}
