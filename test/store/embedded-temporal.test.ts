import { connect } from 'node:net';
import { Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { processMark } from '../../src/store/embedded/supervision/process-table.ts';
import {
  startEmbeddedTemporal,
  type EmbeddedTemporal,
  type EmbeddedTemporalOptions,
} from '../../src/worker/embedded-temporal/embedded-temporal.ts';
import { findTemporalCli } from '../../src/worker/embedded-temporal/find-temporal-cli.ts';
import { quiet } from '../support/postgres/quiet.ts';
import { newRunDirectory, removeRunDirectory } from '../support/postgres/run-directory.ts';
import { killOwners, spawnOwner } from '../support/postgres/spawn-owner.ts';

const cliPath = findTemporalCli(process.env) ?? '(no temporal program: run the bootstrap)';
let dataDir: string;
let servers: EmbeddedTemporal[];

beforeEach(() => {
  dataDir = newRunDirectory();
  servers = [];
});

afterEach(async () => {
  await killOwners();
  for (const server of servers) await server.stop('immediate');
  await removeRunDirectory(dataDir);
});

async function start(options: Partial<EmbeddedTemporalOptions> = {}): Promise<EmbeddedTemporal> {
  const server = await startEmbeddedTemporal({ dataDir, cliPath, log: quiet, ...options });
  servers.push(server);
  return server;
}

/** The namespace's id: another one would mean that it was created anew. */
async function namespaceId(server: EmbeddedTemporal): Promise<string> {
  const connection = await Connection.connect({ address: server.address });
  try {
    const { namespace } = server;
    const answer = await connection.workflowService.describeNamespace({ namespace });
    return answer.namespaceInfo?.id ?? '';
  } finally {
    await connection.close();
  }
}

describe('the embedded Temporal server', () => {
  test('a namespace survives a restart, at the same address', async () => {
    const first = await start({ namespace: 'handback', searchAttributes: { HandbackKind: 'Keyword' } });
    expect(first.address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(first.uiAddress).toBeUndefined();
    const id = await namespaceId(first);
    expect(id).not.toBe('');
    await first.stop();
    expect(await first.exited).toMatchObject({ expected: true });
    expect(processMark(first.pid)).toBeNull();

    const second = await start({ namespace: 'handback', searchAttributes: { HandbackKind: 'Keyword' } });
    expect(second.address).toBe(first.address);
    expect(await namespaceId(second)).toBe(id);
  });

  test('a namespace survives a kill -9 of the server, which is told', async () => {
    const first = await start();
    const id = await namespaceId(first);
    process.kill(first.pid, 'SIGKILL');
    expect(await first.exited).toMatchObject({ expected: false, signal: 'SIGKILL' });
    const second = await start();
    expect(await namespaceId(second)).toBe(id);
  });

  test('without a file, a restart begins anew', async () => {
    const first = await start({ dbFile: false, namespace: 'handback' });
    const id = await namespaceId(first);
    await first.stop('immediate');
    const second = await start({ dbFile: false, namespace: 'handback' });
    expect(await namespaceId(second)).not.toBe(id);
  });

  test('serves its UI on loopback when asked to', async () => {
    const server = await start({ ui: true });
    const page = await fetch(server.uiAddress ?? '');
    expect(page.status).toBe(200);
    expect(new URL(server.uiAddress ?? '').hostname).toBe('127.0.0.1');
  });

  test('after a kill -9 of the owner, the next start adopts its server', async () => {
    const owner = await spawnOwner('temporal', dataDir, cliPath);
    await expect(start()).rejects.toMatchObject({
      code: 'owned',
      message: expect.stringContaining(String(owner.pid)),
    });
    await owner.kill('SIGKILL');
    const server = await start();
    expect(server).toMatchObject({ adopted: true, pid: owner.serverPid, address: owner.at });
    await server.stop();
    expect(processMark(owner.serverPid)).toBeNull();
  });

  test('a program that cannot serve says so, and frees the directory', async () => {
    await expect(start({ cliPath: '/bin/false' })).rejects.toMatchObject({ code: 'start-failed' });
    await expect(start({ cliPath: '/nonexistent/temporal' })).rejects.toMatchObject({
      code: 'binaries-missing',
    });
    const server = await start();
    const socket = connect(Number(server.address.split(':')[1]), '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
  });
});
