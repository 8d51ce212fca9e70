/** A store that speaks as much of S3 as publishing takes: PUT and GET of objects, path style, signed requests only. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export async function bucketServer(accessKeyId: string) {
  const objects = new Map<string, string>();
  const server = createServer((request, response) => {
    void (async () => {
      const path = new URL(request.url ?? '/', 'http://store').pathname;
      const signed = request.headers.authorization ?? '';
      if (!signed.startsWith(`AWS4-HMAC-SHA256 Credential=${accessKeyId}/`)) {
        response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
        return;
      }
      if (request.method === 'PUT') {
        objects.set(path, await text(request));
        response.writeHead(200, { etag: '"1"' }).end();
        return;
      }
      const found = objects.get(path);
      response.setHeader('content-type', found === undefined ? 'application/xml' : 'text/plain');
      if (found === undefined) response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
      else response.writeHead(200).end(found);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, objects, close: () => void server.close() };
}
