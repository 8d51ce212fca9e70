/** The shapes of history that replay is tested with, each played by the real engine. */
import { cancel, decide } from '../support/engine/decisions.ts';
import { eventually } from '../support/engine/eventually.ts';
import {
  caseRow,
  custodiesOf,
  custodyWhere,
  factsOf,
  openCaseOf,
  seed,
  wiped,
} from '../support/engine/leavers.ts';
import type { Engine } from '../support/engine/start-engine.ts';
import { DECIDED_SHAPES } from './decided-shapes.ts';
import { DOCK_SHAPES } from './dock-shapes.ts';
import { finish, PLAIN, relayed } from './shape.ts';
import type { Shape } from './shape.ts';
import { wakeCustody } from '../../src/store/cases.ts';

export type { Shape } from './shape.ts';

const laptop = { identity: ['graph'], devices: [{ key: 'ada-laptop', oktaRegistered: false }] };

export const SHAPES: readonly Shape[] = [
  { name: 'plain', options: PLAIN, play: plain },
  { name: 'two-devices', play: twoDevices },
  {
    name: 'wipe-pending',
    options: {
      ...PLAIN,
      policy: {
        wipe: { due: '2s' },
        escalation: {
          wipe: [
            { after: '0s', to: 'operator' },
            { after: '2s', to: 'security' },
          ],
        },
      },
    },
    play: wipePending,
  },
  { name: 'wipe-failed', options: PLAIN, play: wipeFailed },
  { name: 'wipe-answer-lost', options: PLAIN, play: wipeAnswerLost },
  { name: 'cancelled', options: PLAIN, play: cancelled },
  { name: 'moved-then-cancelled', options: PLAIN, play: movedThenCancelled },
  { name: 'source-down', play: sourceDown },
  { name: 'no-devices', options: PLAIN, play: noDevices },
  { name: 'continued-as-new', options: PLAIN, play: continuedAsNew },
  ...DECIDED_SHAPES,
  ...DOCK_SHAPES,
];

async function plain(engine: Engine): Promise<string> {
  await seed(engine, [{ key: 'ada', ...laptop }]);
  const { caseId } = await openCaseOf(engine, 'ada');
  return finish(engine, caseId);
}

async function twoDevices(engine: Engine): Promise<string> {
  await seed(engine, [
    {
      key: 'ada',
      devices: [
        { key: 'ada-laptop' },
        { key: 'ada-mac', manufacturer: 'Apple', model: 'MacBook Pro', platform: 'macos' },
      ],
    },
  ]);
  const { caseId } = await openCaseOf(engine, 'ada');
  return finish(engine, caseId, 2);
}

async function wipePending(engine: Engine): Promise<string> {
  const offline = {
    ...laptop,
    devices: [{ ...laptop.devices[0], key: 'ada-laptop', behaviour: { online: false } }],
  };
  await seed(engine, [{ key: 'ada', ...offline }]);
  const { caseId } = await openCaseOf(engine, 'ada');
  await eventually(
    'two escalations',
    async () => (await factsOf(engine)).filter((fact) => fact.type === 'escalation.raised').length >= 2,
  );
  const [custody] = await custodiesOf(engine, caseId);
  if (custody === undefined) throw new Error('there is no custody');
  for (let wakes = 0; wakes < 3; wakes += 1) {
    await engine.db.transaction().execute((tx) => wakeCustody(tx, custody.device_id, custody.epoch));
    await relayed(engine);
  }
  await engine.control.post('/instances/graph/devices/ada-laptop/online');
  return finish(engine, caseId);
}

async function wipeFailed(engine: Engine): Promise<string> {
  const failing = {
    ...laptop,
    devices: [{ ...laptop.devices[0], key: 'ada-laptop', behaviour: { wipe: 'failed' } }],
  };
  await seed(engine, [{ key: 'ada', ...failing }]);
  const { caseId } = await openCaseOf(engine, 'ada');
  await eventually('the failed wipe', async () =>
    (await factsOf(engine)).some((fact) => fact.data['code'] === 'wipe-failed'),
  );
  await engine.control.post('/instances/graph/devices/ada-laptop/behaviour', { wipe: 'done' });
  await decide(engine, caseId, 'wipe-failed', 'retry');
  return finish(engine, caseId);
}

async function wipeAnswerLost(engine: Engine): Promise<string> {
  await seed(engine, [{ key: 'ada', ...laptop }]);
  await engine.control.post('/faults', {
    instance: 'graph',
    match: { method: 'POST', path: '/wipe$' },
    fault: { type: 'drop-after-effect' },
    times: 1,
  });
  const { caseId } = await openCaseOf(engine, 'ada');
  return finish(engine, caseId);
}

async function cancelled(engine: Engine): Promise<string> {
  await seed(engine, [{ key: 'ada', ...laptop }]);
  const { caseId } = await openCaseOf(engine, 'ada');
  await wiped(engine, caseId);
  await cancel(engine, caseId);
  return caseId;
}

async function movedThenCancelled(engine: Engine): Promise<string> {
  await seed(engine, [{ key: 'ada', ...laptop }]);
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
  const { caseId } = await openCaseOf(engine, 'ada', { effectiveAt: inDays(30) });
  await relayed(engine);
  await openCaseOf(engine, 'ada', { effectiveAt: inDays(60), eventKey: 'ada-2' });
  await relayed(engine);
  await cancel(engine, caseId);
  return caseId;
}

async function sourceDown(engine: Engine): Promise<string> {
  await seed(engine, [{ key: 'ada' }]);
  const { id } = await engine.control.post<{ id: string }>('/faults', {
    instance: 'snipeit',
    match: {},
    fault: { type: 'down' },
  });
  const { caseId } = await openCaseOf(engine, 'ada');
  await eventually(
    'the access cut',
    async () => (await caseRow(engine, caseId)).gates['access-cut']?.state === 'satisfied',
  );
  await engine.control.delete(`/faults/${id}`);
  return finish(engine, caseId);
}

async function noDevices(engine: Engine): Promise<string> {
  await seed(engine, [{ key: 'ada', identity: ['graph'], devices: [] }]);
  const { caseId } = await openCaseOf(engine, 'ada');
  return finish(engine, caseId, 0);
}

/** Woken again and again while the laptop is offline, on a server that suggests to continue as new early. */
async function continuedAsNew(engine: Engine): Promise<string> {
  const offline = {
    ...laptop,
    devices: [{ ...laptop.devices[0], key: 'ada-laptop', behaviour: { online: false } }],
  };
  await seed(engine, [{ key: 'ada', ...offline }]);
  const { caseId } = await openCaseOf(engine, 'ada');
  const custody = await custodyWhere(
    engine,
    caseId,
    'the pending wipe',
    (one) => one.gates['wipe']?.state === 'in-progress',
  );
  for (let wakes = 0; wakes < 20; wakes += 1) {
    await engine.db.transaction().execute((tx) => wakeCustody(tx, custody.device_id, custody.epoch));
    await relayed(engine);
  }
  await engine.control.post('/instances/graph/devices/ada-laptop/online');
  return finish(engine, caseId);
}
