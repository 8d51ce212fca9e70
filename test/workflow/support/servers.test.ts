/** The servers that workflow tests stand on. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLocalTemporal, describeTimeSkipping } from '../../support/temporal/describe-with.ts';
import { localTemporal } from '../../support/temporal/local-temporal.ts';
import { timeSkippingEnv } from '../../support/temporal/time-skipping-env.ts';
import type { probe } from './probe-workflow.ts';

const DAY_MS = 86_400_000;

async function runProbe(env: TestWorkflowEnvironment, ms: number, workflowId: string): Promise<number> {
  const worker = await Worker.create({
    connection: env.nativeConnection,
    namespace: env.namespace ?? 'default',
    taskQueue: 'probe',
    workflowsPath: fileURLToPath(new URL('probe-workflow.ts', import.meta.url)),
  });
  const start = { taskQueue: 'probe', workflowId, args: [ms] as [number] };
  return worker.runUntil(env.client.workflow.execute<typeof probe>('probe', start));
}

/** Uses a server and ends it, whatever happens. */
async function using<T>(env: TestWorkflowEnvironment, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } finally {
    await env.teardown();
  }
}

describeTimeSkipping('the time-skipping server', () => {
  test('lets ninety days pass in a workflow', async () => {
    const env = await timeSkippingEnv();
    const passed = await using(env, () => runProbe(env, 90 * DAY_MS, 'probe'));
    expect(passed).toBeGreaterThanOrEqual(90 * DAY_MS);
  });
});

describeLocalTemporal('the local server', () => {
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'handback-temporal-'));
  });

  afterAll(async () => {
    await rm(dir, { recursive: true, force: true });
  });

  test('keeps what happened in its file over a restart', async () => {
    const dbFile = join(dir, 'temporal.db');
    const first = await localTemporal({ dbFile });
    await using(first, () => runProbe(first, 1, 'remembered'));
    const second = await localTemporal({ dbFile });
    const description = await using(second, () => second.client.workflow.getHandle('remembered').describe());
    expect(description.status.name).toBe('COMPLETED');
  });
});
