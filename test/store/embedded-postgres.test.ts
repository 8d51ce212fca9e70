import { readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/store/embedded/postgres.ts';
import { processMark } from '../../src/store/embedded/supervision/process-table.ts';
import { quiet } from '../support/postgres/quiet.ts';
import { newRunDirectory, removeRunDirectory } from '../support/postgres/run-directory.ts';
import { killOwners, spawnOwner } from '../support/postgres/spawn-owner.ts';
import { describeWhere } from '../support/where.ts';

let dataDir: string;
let servers: EmbeddedPostgres[];

beforeEach(() => {
  dataDir = newRunDirectory();
  servers = [];
});

afterEach(async () => {
  await killOwners();
  for (const server of servers) await server.stop('immediate');
  await removeRunDirectory(dataDir);
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, log: quiet });
  servers.push(server);
  return server;
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  // A server that is killed on purpose also reports here, beside the rejected query.
  client.on('error', () => {});
  await client.connect();
  try {
    // Several statements are answered by several results.
    const results = [await client.query(statement)].flat();
    return results.flatMap((result) => result.rows.flatMap((row: object) => Object.values(row)));
  } finally {
    await client.end();
  }
}

function home(file: string): string {
  return join(dataDir, 'postgres', file);
}

/** The data's path as the server itself says it. */
async function clusterOf(server: EmbeddedPostgres): Promise<string> {
  return String((await query(server.url, 'show data_directory'))[0]);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

describe('a running server', () => {
  test('is PostgreSQL 18, durable, on loopback alone, with a password that only we can read', async () => {
    const server = await start();
    const url = new URL(server.url);
    expect(url.hostname).toBe('127.0.0.1');
    expect(await query(server.url, 'show server_version')).toEqual([expect.stringMatching(/^18\./)]);
    expect(await query(server.url, 'show listen_addresses')).toEqual(['127.0.0.1']);
    expect(await query(server.url, 'show fsync')).toEqual(['on']);
    expect(await query(server.url, 'show synchronous_commit')).toEqual(['on']);
    expect(await query(server.url, 'show timezone')).toEqual(['UTC']);
    expect(
      await query(
        server.url,
        "select rolpassword like 'SCRAM-SHA-256$%' from pg_authid where rolname = 'handback'",
      ),
    ).toEqual([true]);
    expect(statSync(home('password')).mode & 0o777).toBe(0o600);
    url.password = 'wrong';
    await expect(query(url.href, 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  describeWhere(process.getuid?.() === 0 ? null : 'only root would run it as another user', 'as root', () => {
    test('is not run as root, and its data is not where others cannot enter', async () => {
      const server = await start();
      const uid = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1];
      expect(Number(uid)).toBeGreaterThan(0);
      expect((await clusterOf(server)).startsWith(realpathSync(dataDir))).toBe(false);
    });
  });

  test('inherits no environment of ours', async () => {
    process.env.HANDBACK_TEST_SECRET = 'not for children';
    const server = await start();
    const environment = readFileSync(`/proc/${server.pid}/environ`, 'utf8');
    expect(environment).not.toContain('HANDBACK_TEST_SECRET');
  });

  test('keeps values of failed statements out of its log', async () => {
    const server = await start();
    await query(server.url, 'create table people (mail text primary key)');
    await query(server.url, "insert into people values ('ada@example.com')");
    await expect(query(server.url, "insert into people values ('ada@example.com')")).rejects.toThrow(
      /duplicate/,
    );
    await expect(query(server.url, "select 'ada@example.com'::int")).rejects.toThrow(/invalid input/);
    await server.stop();
    expect(readFileSync(home('postgres.log'), 'utf8')).not.toContain('ada@');
  });
});

describe('a restart', () => {
  test('serves the same data at the same URL', async () => {
    const first = await start();
    await query(first.url, 'create table kept (n int); insert into kept values (7)');
    await first.stop();
    expect(await first.exited).toMatchObject({ expected: true, code: 0 });
    expect(processMark(first.pid)).toBeNull();

    const second = await start();
    expect(second.url).toBe(first.url);
    expect(second.adopted).toBe(false);
    expect(await query(second.url, 'select n from kept')).toEqual([7]);
  });

  test('takes another port when its own was taken meanwhile', async () => {
    const first = await start();
    await first.stop();
    const squatter = createServer().listen(Number(new URL(first.url).port), '127.0.0.1');
    try {
      const second = await start();
      expect(new URL(second.url).port).not.toBe(new URL(first.url).port);
      expect(await query(second.url, 'select 1')).toEqual([1]);
    } finally {
      squatter.close();
    }
  });

  test('recovers every committed row after an immediate stop', async () => {
    const first = await start();
    await query(first.url, 'create table rows (n int primary key)');
    const committed: number[] = [];
    const writing = (async () => {
      for (let n = 0; ; n += 1) {
        await query(first.url, `insert into rows values (${n})`);
        committed.push(n);
      }
    })().catch(() => {});
    await until(() => committed.length >= 20);
    await first.stop('immediate');
    await writing;

    const second = await start();
    const found = new Set(await query(second.url, 'select n from rows'));
    expect(committed.filter((n) => !found.has(n))).toEqual([]);
  });

  test('recovers when the postmaster itself was killed, its sessions still open', async () => {
    const first = await start();
    await query(first.url, 'create table kept (n int); insert into kept values (7)');
    const busy = query(first.url, 'select pg_sleep(1)').catch(() => 'cut off');
    await until(
      async () =>
        (await query(first.url, "select 1 from pg_stat_activity where query = 'select pg_sleep(1)'")).length >
        0,
    );
    process.kill(first.pid, 'SIGKILL');
    expect(await first.exited).toMatchObject({ expected: false, signal: 'SIGKILL' });

    const second = await start();
    expect(await query(second.url, 'select n from kept')).toEqual([7]);
    await busy;
  });
});

describe('one owner', () => {
  test('a second start in the same process is refused, naming the pid', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({
      code: 'owned',
      message: expect.stringContaining(String(process.pid)),
    });
  });

  test('a start beside another process is refused, naming its pid', async () => {
    const owner = await spawnOwner('postgres', dataDir);
    try {
      await expect(start()).rejects.toMatchObject({
        code: 'owned',
        message: expect.stringContaining(String(owner.pid)),
      });
      expect(await query(owner.at, 'select 1')).toEqual([1]);
    } finally {
      await owner.kill('SIGKILL');
    }
  });

  test('after a kill -9 of the owner, the next start adopts its server, which never stopped', async () => {
    const owner = await spawnOwner('postgres', dataDir);
    const [since] = await query(owner.at, 'select pg_postmaster_start_time()::text');
    await owner.kill('SIGKILL');

    const server = await start();
    expect(server).toMatchObject({ adopted: true, pid: owner.serverPid, url: owner.at });
    expect(await query(server.url, 'select pg_postmaster_start_time()::text')).toEqual([since]);
    await server.stop();
    expect(processMark(owner.serverPid)).toBeNull();
    expect(await server.exited).toMatchObject({ expected: true });
  });

  test('an adopted server that dies is noticed, and can be started again', async () => {
    const owner = await spawnOwner('postgres', dataDir);
    await owner.kill('SIGKILL');
    const adopted = await start();
    process.kill(adopted.pid, 'SIGQUIT');
    expect(await adopted.exited).toMatchObject({ expected: false });
    const again = await start();
    expect(again.adopted).toBe(false);
    expect(again.url).toBe(adopted.url);
  });

  test('a server with other settings than asked for is restarted, not adopted', async () => {
    const owner = await spawnOwner('postgres', dataDir);
    await owner.kill('SIGKILL');
    const server = await startEmbeddedPostgres({ dataDir, log: quiet, durability: 'test' });
    servers.push(server);
    expect(server).toMatchObject({ adopted: false, url: owner.at });
    expect(await query(server.url, 'show fsync')).toEqual(['off']);
  });

  test('a server without a record is stopped before another serves its data', async () => {
    const owner = await spawnOwner('postgres', dataDir);
    await query(owner.at, 'create table kept (n int); insert into kept values (7)');
    await owner.kill('SIGKILL');
    rmSync(home('server.json'));
    const server = await start();
    expect(server.adopted).toBe(false);
    expect(processMark(owner.serverPid)).toBeNull();
    expect(await query(server.url, 'select n from kept')).toEqual([7]);
  });

  test('an owner that exits without stopping takes its server along', async () => {
    const owner = await spawnOwner('postgres', dataDir);
    // SIGTERM without a handler runs no exit hooks; an uncaught error does, by SIGUSR2 in the owner.
    await owner.kill('SIGUSR2');
    await until(() => processMark(owner.serverPid) === null);
    const server = await start();
    expect(server.adopted).toBe(false);
  });
});

describe('what a dead server left', () => {
  test('a pid file whose pid is somebody else by now does not block the start', async () => {
    const first = await start();
    const pidFile = join(await clusterOf(first), 'postmaster.pid');
    const left = readFileSync(pidFile, 'utf8').split('\n');
    await first.stop('immediate');
    // Ours: surely alive, surely no PostgreSQL.
    writeFileSync(pidFile, [String(process.pid), ...left.slice(1)].join('\n'));
    const second = await start();
    expect(await query(second.url, 'select 1')).toEqual([1]);
  });

  test('a record whose pid is somebody else by now is neither adopted nor signalled', async () => {
    const first = await start();
    const record = JSON.parse(readFileSync(home('server.json'), 'utf8'));
    await first.stop();
    writeFileSync(home('server.json'), JSON.stringify({ ...record, pid: process.pid }));
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(second.pid).not.toBe(process.pid);
  });

  test('a deleted data directory begins anew, though a server of the old one still runs', async () => {
    const owner = await spawnOwner('postgres', dataDir);
    await query(owner.at, 'create table old (n int)');
    await owner.kill('SIGKILL');
    rmSync(join(dataDir, 'postgres'), { recursive: true });
    const server = await start();
    expect(processMark(owner.serverPid)).toBeNull();
    expect(await query(server.url, "select to_regclass('old')")).toEqual([null]);
  });

  test('a cluster that is gone is an error, never a silent fresh start', async () => {
    const first = await start();
    const cluster = await clusterOf(first);
    await first.stop();
    rmSync(cluster, { recursive: true });
    await expect(start()).rejects.toMatchObject({ code: 'cluster-mismatch' });
  });
});
