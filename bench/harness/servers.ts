/** What both programs share in a run: one PostgreSQL, one Temporal server, one sandbox, each as they are in an embedded installation. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { controlClient } from '../../sandbox/core/testing.ts';
import type { ControlClient } from '../../sandbox/core/testing.ts';
import { deleteEmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded/postgres.ts';
import { findTemporalCli } from '../../src/worker/embedded-temporal/find-temporal-cli.ts';
import { startEmbeddedTemporal } from '../../src/worker/embedded-temporal/embedded-temporal.ts';
import { SECRETS } from './secrets.ts';

const SANDBOX = fileURLToPath(new URL('../../sandbox/main.ts', import.meta.url));

export interface Servers {
  readonly directory: string;
  readonly temporalAddress: string;
  readonly sandbox: { readonly urls: Readonly<Record<string, string>>; readonly control: ControlClient };
  readonly pids: { readonly postgres: number; readonly temporal: number; readonly sandbox: number };
  /** Makes an empty database. @returns its URL. */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Vendors' limits are lifted, since this is no measurement of waiting for them.
 *
 * @param hooks Where the vendors send their webhooks: a base URL.
 */
export async function startServers(hooks: string): Promise<Servers> {
  const directory = await mkdtemp(join(tmpdir(), 'handback-bench-'));
  const stops: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).toReversed()) await one();
  };
  try {
    const log = { info: () => {}, warn: () => {} };
    const cliPath = findTemporalCli(process.env);
    if (cliPath === null) throw new Error('no Temporal CLI: run `npm run bootstrap`');
    const postgres = await startEmbeddedPostgres({ dataDir: directory, log, durability: 'full' });
    stops.push(async () => {
      await postgres.stop();
      await deleteEmbeddedPostgres({ dataDir: directory, log });
    });
    const temporal = await startEmbeddedTemporal({ dataDir: directory, cliPath, log });
    stops.push(() => temporal.stop());
    const sandbox = await startSandboxProcess(directory, hooks);
    stops.push(sandbox.stop);
    return {
      directory,
      temporalAddress: temporal.address,
      sandbox,
      pids: { postgres: postgres.pid, temporal: temporal.pid, sandbox: sandbox.pid },
      createDatabase: (name) => createDatabase(postgres.url, name),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startSandboxProcess(directory: string, hooks: string) {
  const instances = [
    { kind: 'okta', name: 'okta', rateLimit: 1_000_000 },
    { kind: 'graph', name: 'graph' },
    { kind: 'snipeit', name: 'snipeit', throttlePerMinute: 1_000_000 },
    { kind: 'itad', name: 'itad', webhooks: [{ url: `${hooks}/hooks/itad`, secret: SECRETS.itadHook }] },
  ];
  const file = join(directory, 'sandbox.json');
  await writeFile(file, JSON.stringify(instances));
  const child = spawn(
    process.execPath,
    [SANDBOX, '--control-port', '0', '--ephemeral', '--instances', file],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = once(child, 'exit');
  const urls: Record<string, string> = {};
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'ready') break;
    const [name = '', url = ''] = line.split(' ');
    urls[name] = url;
  }
  const { control, ...vendors } = urls;
  if (control === undefined) throw new Error('the sandbox did not start');
  child.stdout.resume();
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  return { urls: vendors, control: controlClient(control), pid: child.pid ?? 0, stop };
}

async function createDatabase(server: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
