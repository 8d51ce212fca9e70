/** The official download, against a service of the same shape on this machine. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { officialDownload } from '../../../scripts/bootstrap/official-download.mjs';

let home: string;
let dir: string;
let server: Server;
let service: string;
let asked: string[];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'handback-download-'));
  await mkdir(join(home, 'pack', 'inner'), { recursive: true });
  await writeFile(join(home, 'pack', 'inner', 'tool'), '#!/bin/sh\necho works\n');
  await chmod(join(home, 'pack', 'inner', 'tool'), 0o644);
  await promisify(execFile)('tar', [
    '-czf',
    join(home, 'tool.tar.gz'),
    '-C',
    join(home, 'pack'),
    'inner/tool',
  ]);
  server = createServer((request, response) => {
    void answer(request.url ?? '').then(({ status, body }) => response.writeHead(status).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  service = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(home, { recursive: true, force: true });
});

beforeEach(async () => {
  dir = await mkdtemp(join(home, 'run-'));
  asked = [];
});

async function answer(url: string): Promise<{ status: number; body: string | Buffer }> {
  asked.push(url);
  const { pathname } = new URL(url, service);
  if (pathname === '/tool.tar.gz') return { status: 200, body: await readFile(join(home, 'tool.tar.gz')) };
  if (pathname === '/cli/v1') {
    return {
      status: 200,
      body: JSON.stringify({ archiveUrl: `${service}/tool.tar.gz`, fileToExtract: 'inner/tool' }),
    };
  }
  if (pathname === '/cli/strange') return { status: 200, body: '{"message":"hello"}' };
  return { status: 404, body: '' };
}

function download(version: string, from = service): ReturnType<typeof officialDownload> {
  return officialDownload({
    node: process.execPath,
    artifact: 'cli',
    version,
    dir,
    doing: 'testing',
    service: from,
  });
}

test('the file named by the service is there, and can be executed', async () => {
  const result = await download('v1');
  expect(result).toEqual({ file: join(dir, 'inner/tool') });
  const { mode } = await stat(join(dir, 'inner/tool'));
  expect(mode & 0o111).toBe(0o111);
  expect(new URL(asked[0] ?? '', service).searchParams.get('platform')).toBeTruthy();
});

test('a refusal is told with its status', async () => {
  expect(await download('v2')).toEqual({ problem: expect.stringContaining('HTTP 404') });
});

test('an answer of another shape is told', async () => {
  expect(await download('strange')).toEqual({ problem: expect.stringContaining('unknown shape') });
});

test('a service that cannot be reached is told, without an exception', async () => {
  expect(await download('v1', 'http://127.0.0.1:9')).toHaveProperty('problem');
});
