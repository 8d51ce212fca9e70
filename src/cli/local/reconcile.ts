/** `handback reconcile workflows`: starts whatever workflow an open case or custody lacks. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { ENGINE_QUEUE } from './engine-queue.ts';
import { CliError, reasonOf } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { readInstalledConfig, temporalAddressOf } from './configuration.ts';

const WORKFLOW_ID = 'reconcile:by-hand';
const LIMIT_MS = 60_000;
const PAUSE_MS = 200;

/** Has the worker look through everything that is open, and waits until it has. */
export async function reconcileWorkflows(options: GlobalOptions, io: Io): Promise<number> {
  const config = await readInstalledConfig(options, io);
  const { namespace, apiKey } = config.temporal;
  const address = temporalAddressOf(config);
  const connection = await connect(address, apiKey);
  try {
    const handle = await new Client({ connection, namespace }).workflow.start('reconcile', {
      workflowId: WORKFLOW_ID,
      taskQueue: ENGINE_QUEUE,
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowExecutionTimeout: LIMIT_MS,
    });
    const deadline = performance.now() + LIMIT_MS;
    let { status } = await handle.describe();
    while (status.name === 'RUNNING' && performance.now() < deadline) {
      await sleep(PAUSE_MS);
      ({ status } = await handle.describe());
    }
    if (status.name !== 'COMPLETED') {
      throw new CliError(
        `the worker did not reconcile (${status.name}): is \`handback worker\` running? See its log`,
      );
    }
  } finally {
    await connection.close();
  }
  if (options.json === true) io.out(`${JSON.stringify({ reconciled: true })}\n`);
  else
    io.out(
      'Every open case, custody and pickup was woken; those without a running workflow have one again.\n',
    );
  return 0;
}

async function connect(address: string, apiKey: string | undefined): Promise<Connection> {
  try {
    return await Connection.connect({ address, ...(apiKey === undefined ? {} : { apiKey, tls: true }) });
  } catch (error) {
    throw new CliError(
      `Temporal at ${address} does not answer (${reasonOf(error)}): check TEMPORAL_ADDRESS`,
      {
        cause: error,
      },
    );
  }
}
