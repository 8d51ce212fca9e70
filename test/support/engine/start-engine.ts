/** The real engine against the sandbox: a database of its own, a Temporal server, one worker in this process. */
import type { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { startSandbox } from '../../../sandbox/index.ts';
import { controlClient } from '../../../sandbox/core/testing.ts';
import type { ControlClient } from '../../../sandbox/core/testing.ts';
import type { Config } from '../../../src/config/load.ts';
import { openDatabase } from '../../../src/store/database.ts';
import type { Database } from '../../../src/store/database.ts';
import { runWorker } from '../../../src/worker/main.ts';
import type { RunningWorker } from '../../../src/worker/main.ts';
import { localTemporal } from '../temporal/local-temporal.ts';
import { engineConfig, writeEngineConfig } from './engine-config.ts';
import type { ConfigFile, EngineConfigOptions } from './engine-config.ts';
import { testVault } from '../person-keys.ts';

export interface Engine {
  readonly db: Database;
  readonly databaseUrl: string;
  readonly temporal: TestWorkflowEnvironment;
  readonly control: ControlClient;
  readonly urls: Readonly<Record<string, string>>;
  readonly config: Config;
  /** The same configuration, for worker processes. */
  readonly configFile: ConfigFile;
  readonly namespace: string;
  /** Temporal's address as workers are told it. */
  readonly temporalAddress: string;
  readonly worker: RunningWorker;
  stop(): Promise<void>;
}

export type EngineOptions = Omit<EngineConfigOptions, 'urls'> & {
  /** Given to the worker as its environment, e.g. a crash point. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default true; false for a test that starts workers of its own. */
  readonly worker?: boolean;
  /** A running server that engines share, each in a namespace of its own. Default: one of its own. */
  readonly temporal?: TestWorkflowEnvironment;
  /** Where workers reach Temporal, when not at that server's own address. */
  readonly temporalAddress?: string;
  /** A migrated, empty database. Default: one of its own. */
  readonly databaseUrl?: string;
};

/** Starts everything on free ports. End it with `stop()`. */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  const sandbox = await startSandbox({ controlPort: 0, instances: INSTANCES });
  const database = options.databaseUrl === undefined ? await ownDatabase() : given(options.databaseUrl);
  const temporal = options.temporal ?? (await localTemporal());
  const temporalAddress = options.temporalAddress ?? temporal.address;
  const config = await engineConfig({ ...options, urls: sandbox.urls });
  const configFile = await writeEngineConfig({ ...options, urls: sandbox.urls });
  // A server that a test kills closes connections; the pool opens others.
  const db = openDatabase(database.url, { vault: testVault, onIdleError: () => undefined });
  await pretendFleet(db);
  const deps = { databaseUrl: database.url, temporalAddress, env: options.env ?? {} };
  const worker = options.worker === false ? NO_WORKER : await runWorker(config, deps);
  return {
    db,
    databaseUrl: database.url,
    temporal,
    control: controlClient(sandbox.controlUrl),
    urls: sandbox.urls,
    config,
    configFile,
    namespace: options.namespace ?? 'default',
    temporalAddress,
    worker,
    async stop() {
      await worker.stop();
      await db.destroy();
      if (options.temporal === undefined) await temporal.teardown();
      else await endSchedules(temporal, options.namespace ?? 'default');
      await sandbox.stop();
      await database.drop();
      await configFile.remove();
    },
  };
}

/** A Temporal client of the engine's own namespace. */
export async function temporalClient(engine: Engine): Promise<Client> {
  const { Client: TemporalClient } = await import('@temporalio/client');
  return new TemporalClient({ connection: engine.temporal.connection, namespace: engine.namespace });
}

/** The wipe limit's share is a share of the fleet: of one laptop, a second wipe would be past it. */
async function pretendFleet(db: Database): Promise<void> {
  await db.insertInto('connector_state').values({ connector: 'elsewhere', fleet_size: 1_000 }).execute();
}

/** The sweeps of an engine that is gone would keep a shared server busy. */
async function endSchedules(temporal: TestWorkflowEnvironment, namespace: string): Promise<void> {
  const { Client: TemporalClient } = await import('@temporalio/client');
  const client = new TemporalClient({ connection: temporal.connection, namespace });
  for await (const { scheduleId } of client.schedule.list())
    await client.schedule.getHandle(scheduleId).delete();
}

/** Known to vitest only: histories are recorded without it. */
async function ownDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const { testDatabase } = await import('../postgres/test-database.ts');
  return testDatabase();
}

function given(url: string): { readonly url: string; drop(): Promise<void> } {
  return { url, drop: async () => undefined };
}

const NO_WORKER: RunningWorker = { stop: async () => {}, failed: new Promise(() => {}) };

/** Generous limits: these tests are about the engine, the contract suites about throttling. */
const INSTANCES = [
  { kind: 'okta', name: 'okta', port: 0, rateLimit: 100_000 },
  { kind: 'graph', name: 'graph', port: 0 },
  { kind: 'snipeit', name: 'snipeit', port: 0, throttlePerMinute: 100_000 },
  { kind: 'servicenow', name: 'servicenow', port: 0 },
  { kind: 'easypost', name: 'easypost', port: 0, indexPerSecond: 0 },
  { kind: 'itad', name: 'itad', port: 0 },
  { kind: 'hr', name: 'hr', port: 0 },
  { kind: 'mail', name: 'mail', port: 0 },
  { kind: 'slack', name: 'slack', port: 0 },
  { kind: 'teams', name: 'teams', port: 0 },
];
