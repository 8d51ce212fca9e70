import { afterAll, describe, expect, it } from 'vitest';
import { CRASH_POINTS } from '../../../src/activities/context.ts';
import type { CrashPoint } from '../../../src/activities/context.ts';
import { storeDelivery } from '../../../src/store/inbox.ts';
import { eventually } from '../../support/engine/eventually.ts';
import { openCaseOf, seed } from '../../support/engine/leavers.ts';
import type { OpenedCase } from '../../support/engine/leavers.ts';
import { oktaDeactivation } from '../../support/engine/okta-hook.ts';
import { startEngine } from '../../support/engine/start-engine.ts';
import type { Engine } from '../../support/engine/start-engine.ts';
import { died, killWorkers, killWorkersOf, startWorkerProcess } from '../../support/engine/worker-process.ts';
import { describeLocalTemporal } from '../../support/temporal/describe-with.ts';
import { NOTICE_POINTS } from './notice-points.ts';
import { completed, expectEnd, settled, shepherd } from './offboarding.ts';
import type { WantedEnd } from './offboarding.ts';

/** One offboarding whose worker dies at each of these points in turn, and is started again each time. */
interface Chain {
  readonly name: string;
  /** In the order in which an offboarding comes by; `:n` is the n-th time in that process. */
  readonly points: readonly (CrashPoint | `${CrashPoint}:${number}`)[];
  readonly wanted?: WantedEnd;
  /** The case is opened by what the provider's hook left in the inbox, not by hand. */
  readonly byHook?: boolean;
}

const CHAINS: readonly Chain[] = [
  // After the vendor's effect, before its record: read back, and never done again.
  {
    name: 'after effects',
    points: ['source-answered', 'access-cut', 'label-bought', 'wipe-sent', 'closure-written'],
  },
  // Nothing was sent: read back as not there after the settling time, then asked for again under a new approval.
  {
    name: 'before the send',
    points: ['assess-committing', 'source-answered:3', 'access-cut:2', 'wipe-claimed'],
    wanted: { wipes: 1, approvals: 2 },
  },
  {
    name: 'between facts and workflows',
    points: [
      'relay-delivered',
      'assess-committed',
      'assess-committing:4',
      'relay-delivered',
      'assess-committed:2',
    ],
  },
  {
    name: 'between inbox and case',
    points: ['intake-linked', 'intake-committed'],
    wanted: { labels: 0 },
    byHook: true,
  },
];

describeLocalTemporal('a worker that dies', () => {
  afterAll(killWorkers);

  it('has a test for every crash point', () => {
    const tested = new Set<string | undefined>([
      ...CHAINS.flatMap(({ points }) => points.map((point) => point.split(':')[0])),
      ...NOTICE_POINTS,
    ]);
    expect(CRASH_POINTS.filter((point) => !tested.has(point))).toEqual([]);
  });

  describe.concurrent('ends every offboarding as if nothing had happened', () => {
    for (const chain of CHAINS) {
      it(`${chain.name}: ${chain.points.join(', ')}`, { timeout: 1_200_000 }, () => crashAndRecover(chain));
    }
  });
});

async function crashAndRecover({ points, wanted = {}, byHook = false }: Chain): Promise<void> {
  const engine = await startEngine({ worker: false, labels: !byHook });
  const people = shepherd(engine);
  try {
    await seed(engine, [{ key: 'ada' }]);
    const byHand = byHook ? null : await openCaseOf(engine, 'ada');
    if (byHook) await storeDelivery(engine.db, 'okta', 'hook-1', await oktaDeactivation(engine, 'ada'));

    for (const point of points) {
      const worker = startWorkerProcess(engine, point);
      expect(await died(worker, point), worker.said()).toMatchObject({ signal: 'SIGKILL' });
    }

    const last = startWorkerProcess(engine);
    const opened = byHand ?? (await openedByHook(engine));
    await completed(engine, opened.caseId);
    await settled(engine);
    await people.stop();
    expect(await last.drain(), last.said()).toMatchObject({ code: 0 });
    await expectEnd(engine, opened, 'ada', wanted);
  } finally {
    await people.stop();
    await killWorkersOf(engine);
    await engine.stop();
  }
}

async function openedByHook(engine: Engine): Promise<OpenedCase> {
  const row = await eventually('the case', () =>
    engine.db.selectFrom('cases').select(['id', 'person_id']).executeTakeFirst(),
  );
  return { caseId: row.id, personId: row.person_id ?? '' };
}
