/** `handback up` as a process: it starts everything, keeps it up, drains, and finds its way back after a kill. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteEmbeddedPostgres } from '../../src/store/embedded/postgres.ts';
import { processMark } from '../../src/store/embedded/supervision/process-table.ts';
import { eventually } from '../support/engine/eventually.ts';
import { describeLocalTemporal } from '../support/temporal/describe-with.ts';
import { localTemporalExecutable } from '../support/temporal/executables.ts';
import { quiet } from '../support/postgres/quiet.ts';
import { handback, json } from './support/command.ts';
import { handbackProcess } from './support/spawned.ts';
import type { Spawned } from './support/spawned.ts';

/** Only ends a test that would never end. */
const LIMIT_MS = 240_000;

let dataDir: string;
let env: Record<string, string>;
const started: Spawned[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'handback-up-'));
  const temporal = localTemporalExecutable();
  env = {
    HANDBACK_DATA: dataDir,
    HANDBACK_HTTP_PORT: '0',
    ...('path' in temporal ? { HANDBACK_TEMPORAL_CLI: temporal.path } : {}),
  };
});
afterAll(async () => {
  // Each test kills or drains what it started; this is for those that failed.
  for (const each of started) each.signal('SIGTERM');
  await Promise.all(started.map((each) => each.exited));
  for (const pid of Object.values(pids())) if (processMark(pid) !== null) process.kill(pid, 'SIGKILL');
  await deleteEmbeddedPostgres({ dataDir, log: quiet });
  await rm(dataDir, { recursive: true, force: true });
});

interface Ready {
  readonly url: string;
  readonly temporalAddress: string;
  readonly tokenFile: string;
}

async function up(): Promise<{ readonly program: Spawned; readonly ready: Ready }> {
  const program = handbackProcess(['up', '--json'], env);
  started.push(program);
  await program.says('"url"');
  return { program, ready: JSON.parse(program.out()) as Ready };
}

/** Pids of everything that belongs to the data directory, by name. */
function pids(): Record<string, number> {
  const read = (file: string): unknown => {
    const path = join(dataDir, file);
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
  };
  const processes = (read('processes.json') ?? []) as { name: string; pid: number }[];
  const servers = ['postgres', 'temporal'].flatMap((name) => {
    const record = read(`${name}/server.json`) as { pid: number } | null;
    return record === null ? [] : [{ name, pid: record.pid }];
  });
  return Object.fromEntries([...processes, ...servers].map(({ name, pid }) => [name, pid]));
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/readyz`).catch(() => null);
  return response?.ok === true;
}

describeLocalTemporal('up', () => {
  let first: { readonly program: Spawned; readonly ready: Ready };

  test('starts everything without a configuration, with secrets for the owner only', async () => {
    first = await up();
    const { ready } = first;
    expect(await isReady(ready.url)).toBe(true);
    for (const file of ['admin-token', 'payload-keys.json', 'places.json', 'processes.json']) {
      expect([file, statSync(join(dataDir, file)).mode & 0o777]).toEqual([file, 0o600]);
    }
    expect(statSync(dataDir).mode & 0o077).toBe(0);
  });

  test('commands find the API and its token through the data directory', async () => {
    const list = await handback(['case', 'list', '--json'], { env });
    expect([list.code, json(list), list.err]).toEqual([0, { items: [], next: null }, '']);
    const checked = await handback(['doctor', '--json'], { env });
    expect(checked.code).toBe(0);
    const { checks } = json(checked) as { checks: { name: string; standing: string }[] };
    const standings = new Map(checks.map(({ name, standing }) => [name, standing]));
    for (const name of ['database', 'database clock', 'temporal', 'worker', 'payload keys', 'tokens']) {
      expect([name, standings.get(name)]).toEqual([name, 'ok']);
    }
    expect(json(await handback(['migrate', '--json'], { env }))).toEqual({ applied: [], sealed: 0 });
    expect(json(await handback(['reconcile', 'workflows', '--json'], { env }))).toEqual({ reconciled: true });
  });

  test('a second one in the same directory refuses, and names the first', async () => {
    const second = handbackProcess(['up'], env);
    expect(await second.exited).toBe(1);
    expect(second.err()).toContain(`process ${first.program.pid}`);
    expect(await isReady(first.ready.url)).toBe(true);
  });

  test('what is killed under it comes back', async () => {
    const before = pids();
    for (const name of ['api', 'worker', 'postgres', 'temporal']) process.kill(before[name] ?? 0, 'SIGKILL');
    await eventually(
      'all of them to be back',
      async () => {
        const now = pids();
        const back = Object.keys(before).every(
          (name) => now[name] !== undefined && now[name] !== before[name],
        );
        if (!back || Object.values(now).some((pid) => processMark(pid) === null)) return false;
        const checked = await handback(['doctor', '--json'], { env });
        const { checks } = json(checked) as { checks: { name: string; standing: string }[] };
        return (
          checked.code === 0 && checks.some(({ name, standing }) => name === 'worker' && standing === 'ok')
        );
      },
      LIMIT_MS,
    );
    await eventually(
      'the API to answer',
      async () => (await handback(['stuck'], { env })).code === 0,
      LIMIT_MS,
    );
    // It is the same `up` all along.
    expect(processMark(first.program.pid)).not.toBeNull();
  });

  test('after a kill -9 its processes end by themselves, and the next start takes over its servers', async () => {
    const before = pids();
    first.program.signal('SIGKILL');
    await first.program.exited;
    await eventually('api and worker to notice', async () =>
      [before['api'], before['worker']].every((pid) => processMark(pid ?? 0) === null),
    );
    const next = await up();
    const after = pids();
    expect([after['postgres'], after['temporal']]).toEqual([before['postgres'], before['temporal']]);
    expect(next.ready.temporalAddress).toBe(first.ready.temporalAddress);
    expect(await isReady(next.ready.url)).toBe(true);
    first = next;
  });

  test('SIGTERM drains: exit code 0, and nothing is left running', async () => {
    const before = pids();
    expect(Object.keys(before).toSorted()).toEqual(['api', 'postgres', 'temporal', 'worker']);
    first.program.signal('SIGTERM');
    expect(await first.program.exited).toBe(0);
    expect(Object.entries(before).filter(([, pid]) => processMark(pid) !== null)).toEqual([]);
    expect(existsSync(join(dataDir, 'places.json'))).toBe(false);
    const after = await handback(['migrate'], { env });
    expect([after.code, after.err]).toEqual([1, expect.stringContaining('no database: set DATABASE_URL')]);
  });

  test('an API that cannot start is told in a sentence, and nothing is left running', async () => {
    const busy = handbackProcess(['up'], { ...env, HANDBACK_HTTP_HOST: '192.0.2.1' });
    expect(await busy.exited).toBe(1);
    expect(busy.err()).toMatch(/handback: api did not start: .*EADDRNOTAVAIL/u);
    expect(Object.entries(pids()).filter(([, pid]) => processMark(pid) !== null)).toEqual([]);
  });
});
