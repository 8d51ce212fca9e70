import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, expect, it } from 'vitest';
import { startEmbeddedTemporal } from '../../../src/worker/embedded-temporal/embedded-temporal.ts';
import type { FactType } from '../../../src/domain/fact-types.ts';
import { eventually } from '../../support/engine/eventually.ts';
import { factsOf, openCaseOf, seed } from '../../support/engine/leavers.ts';
import { startEngine } from '../../support/engine/start-engine.ts';
import type { Engine } from '../../support/engine/start-engine.ts';
import { killWorkers, startWorkerProcess } from '../../support/engine/worker-process.ts';
import { startOwnPostgres } from '../../support/postgres/own-postgres.ts';
import { quiet } from '../../support/postgres/quiet.ts';
import { describeLocalTemporal } from '../../support/temporal/describe-with.ts';
import { localTemporalExecutable } from '../../support/temporal/executables.ts';
import { quietRuntime } from '../../support/temporal/quiet-runtime.ts';
import { completed, expectEnd, settled, shepherd } from './offboarding.ts';

/** A server is killed as soon as each of these facts is seen. */
const MOMENTS: readonly FactType[] = [
  'case.started',
  'discovery.concluded',
  'wipe.intended',
  'handoff.certified',
];

describeLocalTemporal('a server that is killed in the middle', () => {
  afterAll(killWorkers);

  it('PostgreSQL: loses nothing that was committed, and the offboarding ends as without', async () => {
    const postgres = await startOwnPostgres();
    const engine = await startEngine({ databaseUrl: postgres.url, worker: false, labels: true });
    try {
      await disturbed(engine, async () => {
        const before = await factsOf(engine);
        await postgres.crash();
        await postgres.start();
        const after = await eventually('the database', () => factsOf(engine).catch(() => undefined));
        expect(after.slice(0, before.length)).toEqual(before);
      });
    } finally {
      await engine.stop();
      await postgres.remove();
    }
  });

  it('Temporal: the offboarding goes on from its file', async () => {
    quietRuntime();
    const executable = localTemporalExecutable();
    if ('missing' in executable) throw new Error(executable.missing);
    const dataDir = await mkdtemp(join(tmpdir(), 'handback-temporal-'));
    const start = () => startEmbeddedTemporal({ dataDir, cliPath: executable.path, log: quiet });
    let server = await start();
    const temporal = await TestWorkflowEnvironment.createFromExistingServer({ address: server.address });
    const engine = await startEngine({
      temporal,
      temporalAddress: server.address,
      worker: false,
      labels: true,
    });
    try {
      await disturbed(engine, async () => {
        await server.stop('immediate');
        const { address } = server;
        server = await start();
        expect(server.address).toBe(address);
      });
    } finally {
      await engine.stop();
      await temporal.teardown();
      await server.stop('immediate');
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

/** One offboarding by a worker process, disturbed at each moment; it ends as without. */
async function disturbed(engine: Engine, disturb: () => Promise<void>): Promise<void> {
  const people = shepherd(engine);
  try {
    await seed(engine, [{ key: 'ada' }]);
    const opened = await openCaseOf(engine, 'ada');
    const worker = startWorkerProcess(engine);
    const gone = worker.ended.then((ending) => {
      throw new Error(`the worker ended: ${JSON.stringify(ending)} ${worker.said()}`);
    });
    gone.catch(() => undefined);
    for (const type of MOMENTS) {
      await Promise.race([gone, seen(engine, type)]);
      await disturb();
    }
    await Promise.race([gone, completed(engine, opened.caseId)]);
    await settled(engine);
    await people.stop();
    expect(await worker.drain(), worker.said()).toMatchObject({ code: 0 });
    await expectEnd(engine, opened, 'ada');
  } finally {
    await people.stop();
    await killWorkers();
  }
}

/** Waits for a fact; a database that is away is asked again. */
async function seen(engine: Engine, type: FactType): Promise<void> {
  const isThere = async () => (await factsOf(engine).catch(() => [])).some((fact) => fact.type === type);
  await eventually(type, isThere, 240_000);
}
