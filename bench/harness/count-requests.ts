/** Preloaded into a process under measurement: counts the HTTP requests it sends, whichever client sends them. */
import { subscribe } from 'node:diagnostics_channel';

const requests: Record<string, number> = {};

function count(origin: string): void {
  requests[origin] = (requests[origin] ?? 0) + 1;
}

subscribe('undici:request:create', (message) => {
  const { request } = message as { request: { origin?: unknown } };
  count(new URL(String(request.origin)).host);
});
subscribe('http.client.request.start', (message) => {
  const { request } = message as { request: { getHeader(name: string): unknown } };
  count(String(request.getHeader('host')));
});

process.on('message', (message: unknown) => {
  if (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    message.type === 'count-requests'
  )
    process.send?.({ requests });
});
