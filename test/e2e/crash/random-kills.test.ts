/** Workers killed at random moments, by a seed: 3 seeds, or 30 with HANDBACK_TEST_LONG=1. A failing seed's name says it all. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { factsOf, openCaseOf, seed as seedPeople } from '../../support/engine/leavers.ts';
import { startEngine } from '../../support/engine/start-engine.ts';
import { killWorkers, killWorkersOf, startWorkerProcess } from '../../support/engine/worker-process.ts';
import { describeLocalTemporal } from '../../support/temporal/describe-with.ts';
import { createGate } from './gate.ts';
import { completed, expectEnd, settled, shepherd } from './offboarding.ts';

const SEEDS = Array.from(
  { length: process.env['HANDBACK_TEST_LONG'] === '1' ? 30 : 3 },
  (_, index) => index + 1,
);
const KILLS = 4;
/** A worker that runs is killed within this time. */
const WITHIN_MS = 2_500;

describeLocalTemporal('workers that are killed at any moment', () => {
  const gate = createGate(3);

  afterAll(killWorkers);

  describe.concurrent('end every offboarding as if nothing had happened', () => {
    for (const seed of SEEDS) {
      it(`seed ${seed}`, { timeout: 900_000 }, () => gate(() => play(seed)));
    }
  });
});

async function play(seed: number): Promise<void> {
  const random = randomFrom(seed);
  const engine = await startEngine({ worker: false, labels: true });
  const people = shepherd(engine);
  try {
    await seedPeople(engine, [{ key: 'ada' }]);
    const opened = await openCaseOf(engine, 'ada');
    for (let kill = 0; kill < KILLS; kill += 1) {
      const worker = startWorkerProcess(engine);
      await worker.ready;
      await sleep(random() * WITHIN_MS);
      expect(await worker.kill(), worker.said()).toMatchObject({ signal: 'SIGKILL' });
    }
    const last = startWorkerProcess(engine);
    await completed(engine, opened.caseId);
    await settled(engine);
    await people.stop();
    expect(await last.drain(), last.said()).toMatchObject({ code: 0 });
    // A claim that was killed before its send is asked for again, under a new approval.
    const approvals = (await factsOf(engine)).filter((fact) => fact.type === 'wipe.approved').length;
    await expectEnd(engine, opened, 'ada', { wipes: 1, approvals });
  } finally {
    await people.stop();
    await killWorkersOf(engine);
    await engine.stop();
  }
}

/** Mulberry32: the same numbers for the same seed, in [0, 1). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
