/** Shapes in which people decide, are told, or look for past leavers. */
import { readBackfill, startBackfill } from '../../src/store/backfills.ts';
import { recordEvidence } from '../../src/store/evidence.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { eventually } from '../support/engine/eventually.ts';
import { caseRow, custodyWhere, factsOf, openCaseOf, seed } from '../support/engine/leavers.ts';
import { IMPATIENT, notices } from '../support/engine/notices.ts';
import type { Engine } from '../support/engine/start-engine.ts';
import { twoDecide } from '../support/engine/two-people.ts';
import { finish } from './shape.ts';
import type { Shape } from './shape.ts';

const RELEASE = { activationLock: true, autopilot: true, mdmRecord: true };

export const DECIDED_SHAPES: readonly Shape[] = [
  { name: 'released', options: { policy: { release: RELEASE } }, play: released },
  { name: 'personal', play: personal },
  { name: 'lost', play: lost },
  {
    name: 'told',
    options: { policy: IMPATIENT, notices: {} },
    play: told,
    beside: async () => ['notices:mail'],
  },
  { name: 'backfilled', play: backfilled, beside: backfills },
];

async function released(engine: Engine): Promise<string> {
  await seed(engine, [{ key: 'ada' }]);
  const { caseId } = await openCaseOf(engine, 'ada');
  return finish(engine, caseId);
}

/** A phone that is their own is retired, and that is all. */
async function personal(engine: Engine): Promise<string> {
  const phone = { key: 'ada-phone', platform: 'ios', ownership: 'personal', inventory: false } as const;
  await seed(engine, [{ key: 'ada', devices: [phone] }]);
  const { caseId } = await openCaseOf(engine, 'ada');
  const { device_id: deviceId } = await custodyWhere(engine, caseId, 'the custody', () => true);
  await twoDecide(engine, { kind: 'change-route', deviceId, to: 'personal', reviewAt: null });
  await custodyWhere(
    engine,
    caseId,
    'the closure',
    ({ gates }) => gates['inventory-closure']?.state === 'satisfied',
  );
  return caseId;
}

/** Its lock is declined, its wipe stays queued, and two people say that it will not come back. */
async function lost(engine: Engine): Promise<string> {
  await seed(engine, [
    { key: 'ada', devices: [{ key: 'ada-phone', platform: 'ios', behaviour: { online: false } }] },
  ]);
  const { caseId } = await openCaseOf(engine, 'ada');
  const { device_id: deviceId } = await custodyWhere(
    engine,
    caseId,
    'the pending wipe',
    ({ gates }) => gates['wipe']?.state === 'in-progress',
  );
  const report = { type: 'lost.reported', kind: 'stolen' } as const;
  await inTransaction(engine.db, (tx) =>
    recordEvidence(tx, deviceId, report, { by: 'token:test', remark: null }, new Date()),
  );
  await eventually('the lock', async () =>
    (await factsOf(engine)).some(({ type }) => type === 'command.declined'),
  );
  await twoDecide(engine, { kind: 'declare-lost', deviceId });
  await eventually('the end', async () => (await caseRow(engine, caseId)).state === 'completed');
  return caseId;
}

async function told(engine: Engine): Promise<string> {
  await seed(engine, [{ key: 'ada' }]);
  const { caseId } = await openCaseOf(engine, 'ada');
  await eventually('a message', async () =>
    (await notices(engine, caseId)).some(({ state, connector }) => state === 'sent' && connector === 'mail'),
  );
  return finish(engine, caseId);
}

/** Left before anybody looked: the wipe waits for two people. */
async function backfilled(engine: Engine): Promise<string> {
  await seed(engine, [{ key: 'ada' }]);
  await engine.control.post('/instances/okta/users/ada/deactivate');
  const order = { since: new Date(Date.now() - 86_400_000), connectors: ['okta'], by: 'token:test' };
  const id = await inTransaction(engine.db, (tx) => startBackfill(tx, order, new Date()));
  await eventually('its end', async () => {
    const found = await readBackfill(engine.db, id);
    return found?.parts.every((part) => part.finished_at !== null) === true;
  });
  const found = await eventually('the case', () =>
    engine.db.selectFrom('cases').select('id').executeTakeFirst(),
  );
  const { device_id: deviceId } = await custodyWhere(engine, found.id, 'the custody', () => true);
  await twoDecide(engine, { kind: 'approve-wipe', deviceId });
  return finish(engine, found.id);
}

async function backfills(engine: Engine): Promise<readonly string[]> {
  const rows = await engine.db.selectFrom('backfills').select('id').execute();
  return rows.map(({ id }) => `backfill:${id}:okta`);
}
