/**
 * The straightforward program: what the engine is measured against. `main.ts api` or `main.ts worker`, over the same
 * configuration file and the same adapters; DATABASE_URL and TEMPORAL_ADDRESS say where it keeps things.
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client, Connection, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { NativeConnection, Runtime, Worker, DefaultLogger } from '@temporalio/worker';
import { CONNECTOR_KINDS, createConnectors } from '../../src/adapters/connector-kinds.ts';
import type { Config } from '../../src/config/load.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createActivities } from './activities.ts';
import { openPool, prepareDatabase } from './database.ts';
import { TASK_QUEUE } from './messages.ts';
import { createWeb } from './web.ts';

const [what = '', file = ''] = process.argv.slice(2);
const { DATABASE_URL: databaseUrl = '', TEMPORAL_ADDRESS: address = '' } = process.env;

const config = await loadConfig({ file, env: process.env, kinds: CONNECTOR_KINDS });
await prepareDatabase(databaseUrl);
const pool = openPool(databaseUrl);
const client = new Client({ connection: await Connection.connect({ address }) });
const connectors = createConnectors(config.connectors);
const stop = await (what === 'api' ? runApi(config) : runWorker(config));
process.once('SIGTERM', () => void end());

async function end(): Promise<void> {
  await stop();
  await pool.end();
  process.exit(0);
}

async function runApi({ http, tokens, connectors: choices }: Config): Promise<() => Promise<void>> {
  const verifiers = new Map(
    choices.flatMap(({ name, kind, settings }) => {
      const hooks = CONNECTOR_KINDS[kind]?.hooks;
      return hooks === undefined ? [] : [[name, hooks.verifier(settings)] as const];
    }),
  );
  const server = createWeb({ client, pool, connectors, verifiers, token: tokens[0]?.token ?? '' }).listen(
    http.port,
    http.host,
  );
  await once(server, 'listening');
  process.send?.({ type: 'ready', url: `http://${http.host}:${http.port}` });
  return async () => {
    server.closeAllConnections();
    server.close();
  };
}

async function runWorker({ policy, sweeps }: Config): Promise<() => Promise<void>> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowsPath: fileURLToPath(new URL('workflows.ts', import.meta.url)),
    activities: createActivities({ connectors, pool, client, policy }),
    shutdownGraceTime: '10s',
  });
  const running = worker.run();
  await ensureSchedule(sweeps.devices);
  process.send?.({ type: 'ready' });
  return async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
}

async function ensureSchedule(every: number): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: 'straightforward-sweep',
      spec: { intervals: [{ every }] },
      action: {
        type: 'startWorkflow',
        workflowType: 'sweepWipes',
        workflowId: 'straightforward-sweep',
        taskQueue: TASK_QUEUE,
      },
      policies: { overlap: ScheduleOverlapPolicy.SKIP },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
