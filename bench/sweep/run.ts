/** What one sweep over many pending wipes costs: vendor calls, history events, transactions, time. */
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { startChild } from '../harness/child.ts';
import type { Child } from '../harness/child.ts';
import { writeConfigFile } from '../harness/config-file.ts';
import { freePort } from '../harness/free-port.ts';
import type { Servers } from '../harness/servers.ts';
import { residentMiB } from '../harness/usage.ts';
import { migrateToLatest } from '../../src/store/migrate.ts';
import { pauseForGood } from '../throughput/pause.ts';
import { committed } from '../throughput/program-parts.ts';
import { createDataConverter } from '../../src/worker/data-converter.ts';
import { SECRETS } from '../harness/secrets.ts';
import { seedDatabase, seedVendor } from './seed.ts';

const CLI = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const SCHEDULE = 'sweep:sweepWipes:intune';
const LIMIT_MS = 300_000;

export interface SweepCost {
  /** `first`: every wipe is seen pending for the first time. `steady`: nothing has changed since. */
  readonly kind: 'first' | 'steady';
  readonly seconds: number;
  readonly vendorCalls: number;
  /** Of the sweep's own workflow. */
  readonly historyEvents: number;
  readonly transactions: number;
  readonly facts: number;
}

export interface SweepResult {
  readonly pending: number;
  readonly sweeps: readonly SweepCost[];
  readonly workerMiB: number | null;
}

/** @param pending How many wipes are pending. */
export async function measureSweep(
  pending: number,
  servers: Servers,
  say: (line: string) => void,
): Promise<SweepResult> {
  const { sandbox, temporalAddress } = servers;
  const database = await servers.createDatabase('sweep');
  await migrateToLatest(database);
  const pool = new pg.Pool({ connectionString: database, max: 2 });
  const connection = await Connection.connect({ address: temporalAddress });
  const dataConverter = createDataConverter([
    { id: 'bench', secret: Buffer.from(SECRETS.payloadKey, 'base64') },
  ]);
  const client = new Client({ connection, dataConverter });
  const graph = sandbox.urls['graph'] ?? '';
  const graphHost = new URL(graph).host;
  const sentAt = new Date();
  const devices = await seedVendor(sandbox.control, graph, pending);
  await seedDatabase(pool, devices, sentAt);
  say(`sweep: ${devices.length} pending wipes are in place`);
  // Custodies without a workflow would be started by it, ten thousand at once: not what is measured.
  await pauseForGood(client, [...OTHERS, SCHEDULE]);
  const config = await writeConfigFile({
    directory: servers.directory,
    urls: sandbox.urls,
    port: await freePort(),
  });
  const worker = await startChild({
    name: 'worker',
    program: CLI,
    args: ['worker', '--config', config],
    env: { ...process.env, DATABASE_URL: database, TEMPORAL_ADDRESS: temporalAddress },
  });
  try {
    const sweeps: SweepCost[] = [];
    for (const kind of ['first', 'steady'] as const) {
      const cost = { kind, ...(await sweepOnce(client, worker, pool, graphHost)) };
      sweeps.push(cost);
      say(
        `sweep: ${kind}: ${cost.seconds.toFixed(1)} s, ${cost.vendorCalls} vendor calls, ${cost.historyEvents} history events, ${cost.facts} facts`,
      );
    }
    return { pending: devices.length, sweeps, workerMiB: residentMiB(worker.pid) };
  } finally {
    await worker.stop();
    await Promise.all([pool.end(), connection.close()]);
  }
}

const OTHERS = [
  'sweep:countFleet:intune',
  'sweep:sweepIdentity:okta',
  'sweep:sweepIdentity:entra',
  'sweep:snapshotDirectory:okta',
  'sweep:snapshotDirectory:entra',
  'sweep:reconcile',
];

async function sweepOnce(
  client: Client,
  worker: Child,
  pool: pg.Pool,
  graphHost: string,
): Promise<Omit<SweepCost, 'kind'>> {
  const calls = async (): Promise<number> => (await worker.requests())[graphHost] ?? 0;
  const count = async (table: string): Promise<number> =>
    Number((await pool.query<{ count: string }>(`select count(*) as count from ${table}`)).rows[0]?.count);
  const before = { calls: await calls(), transactions: await committed(pool), facts: await count('facts') };
  const handle = await client.workflow.start('sweepWipes', {
    taskQueue: 'handback',
    workflowId: SCHEDULE,
    args: [{ connector: 'intune' }],
    workflowExecutionTimeout: LIMIT_MS,
  });
  const begun = performance.now();
  await handle.result();
  const seconds = (performance.now() - begun) / 1000;
  const history = await handle.fetchHistory();
  return {
    seconds,
    vendorCalls: (await calls()) - before.calls,
    historyEvents: history.events?.length ?? 0,
    transactions: (await committed(pool)) - before.transactions,
    facts: (await count('facts')) - before.facts,
  };
}
