import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHttpClient } from '../../../src/adapters/clients/http.ts';
import { TokenBucket } from '../../../src/adapters/clients/token-bucket.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function clientOf(baseUrl: string, timeLimitMs = 10_000) {
  return createHttpClient({
    connector: 'c',
    baseUrl,
    headers: { authorization: 'Bearer s3cret' },
    timeLimitMs,
    bucket: new TokenBucket({ requestsPerSecond: 1000, burst: 1000 }),
  });
}

const read = { operation: 'look', effect: 'read', method: 'GET', path: '/x' } as const;
const write = { operation: 'do', effect: 'write', method: 'POST', path: '/x', json: { a: 1 } } as const;

describe('plain HTTP client', () => {
  it.each([
    [429, 'retryable', 'retryable'],
    [500, 'retryable', 'outcome-unknown'],
    [503, 'retryable', 'outcome-unknown'],
    [400, 'refused', 'refused'],
    [401, 'refused', 'refused'],
    [404, 'not-found', 'not-found'],
    [409, 'conflict', 'conflict'],
  ])(
    'maps %i to %s for a read and %s for a write, after exactly one request, with the delay kept',
    async (status, forRead, forWrite) => {
      let requests = 0;
      const url = await serve((_request, response) => {
        requests += 1;
        response.writeHead(status, { 'retry-after': '7' }).end('somebody@example.org');
      });
      await expect(clientOf(url).send(read)).rejects.toMatchObject({
        code: forRead,
        status,
        retryAfterMs: 7000,
      });
      await expect(clientOf(url).send(write)).rejects.toMatchObject({
        code: forWrite,
        status,
        message: expect.not.stringContaining('somebody'),
      });
      expect(requests).toBe(2);
    },
  );

  it('calls a lost answer to a write unknown and to a read retryable, and never sends twice', async () => {
    let requests = 0;
    const url = await serve((request) => {
      requests += 1;
      request.socket.destroy();
    });
    await expect(clientOf(url).send(write)).rejects.toMatchObject({ code: 'outcome-unknown' });
    await expect(clientOf(url).send(read)).rejects.toMatchObject({ code: 'retryable' });
    expect(requests).toBe(2);
  });

  it('does not send again when a kept-alive connection dies under a write', async () => {
    let writes = 0;
    const url = await serve((request, response) => {
      if (request.method === 'GET') return void response.end('{}');
      writes += 1;
      request.socket.destroy();
    });
    const client = clientOf(url);
    await client.send(read);
    await expect(client.send(write)).rejects.toMatchObject({ code: 'outcome-unknown' });
    expect(writes).toBe(1);
  });

  it('calls a write retryable when nothing was sent: refused connection, aborted before', async () => {
    const url = await serve(() => {});
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    await expect(clientOf(url).send(write)).rejects.toMatchObject({
      code: 'retryable',
    });
    await expect(clientOf(url).send(write, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'retryable',
    });
  });

  it('gives up after the time limit, answer body included', async () => {
    const url = await serve((request, response) => {
      if (request.method === 'GET') response.writeHead(200).write('half');
    });
    await expect(clientOf(url, 50).send(write)).rejects.toMatchObject({
      code: 'outcome-unknown',
    });
    await expect(clientOf(url, 50).send(read)).rejects.toMatchObject({
      code: 'retryable',
    });
  });

  it('never follows a redirect, so the token stays with its host', async () => {
    let stolen = 0;
    const other = await serve((_request, response) => {
      stolen += 1;
      response.end('{}');
    });
    const url = await serve((_request, response) => void response.writeHead(307, { location: other }).end());
    await expect(clientOf(url).send(write)).rejects.toMatchObject({ code: 'unexpected-answer', status: 307 });
    expect(stolen).toBe(0);
  });

  it('refuses an answer outside the schema without quoting it', async () => {
    const url = await serve((_request, response) => void response.end('Jane Doe'));
    await expect(clientOf(url).sendForJson(read, z.object({}))).rejects.toMatchObject({
      code: 'unexpected-answer',
      message: 'c: look: unexpected-answer',
    });
  });
});
