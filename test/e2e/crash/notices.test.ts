import { afterAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/engine/eventually.ts';
import { openCaseOf, seed } from '../../support/engine/leavers.ts';
import { bring, IMPATIENT, mails, notices } from '../../support/engine/notices.ts';
import { startEngine } from '../../support/engine/start-engine.ts';
import { died, killWorkers, killWorkersOf, startWorkerProcess } from '../../support/engine/worker-process.ts';
import { describeLocalTemporal } from '../../support/temporal/describe-with.ts';
import type { NOTICE_POINTS } from './notice-points.ts';

/** How many mails left before the process ended there. */
const CASES: readonly (readonly [(typeof NOTICE_POINTS)[number], number])[] = [
  ['notice-claimed', 0],
  ['notice-sent', 1],
];

describeLocalTemporal('a worker that dies while it tells somebody', () => {
  afterAll(killWorkers);

  describe.concurrent('leaves a message that is shown as unknown, and is not sent again', () => {
    for (const [point, sent] of CASES) {
      it(`at ${point}`, { timeout: 600_000 }, async () => {
        const engine = await startEngine({
          worker: false,
          notices: {},
          policy: { ...IMPATIENT, return: { due: '1s', chases: 1 }, escalation: { return: [] } },
        });
        try {
          await seed(engine, [{ key: 'ada' }]);
          const { caseId } = await openCaseOf(engine, 'ada');
          await bring(engine, [{ key: 'ada', privateEmail: 'ada@home.example' }]);
          const first = startWorkerProcess(engine, point);
          expect(await died(first, point), first.said()).toMatchObject({ signal: 'SIGKILL' });
          expect(await notices(engine, caseId)).toMatchObject([{ state: 'sending' }]);

          const second = startWorkerProcess(engine);
          // Longer than the send may take, and than Temporal takes to notice a death.
          const [row] = await eventually(
            'the message to be settled',
            async () => {
              const rows = await notices(engine, caseId);
              return rows[0]?.state !== 'sending' && rows;
            },
            300_000,
          );
          expect(row).toMatchObject({ state: 'unknown', why: 'process-ended' });
          expect(await mails(engine)).toHaveLength(sent);
          expect(await second.drain(), second.said()).toMatchObject({ code: 0 });
        } finally {
          await killWorkersOf(engine);
          await engine.stop();
        }
      });
    }
  });
});
