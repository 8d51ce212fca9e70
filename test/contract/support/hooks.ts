/** Webhooks as a simulator really sent them, in the form that the API hands to a verifier. */
import type { Received } from '../../../sandbox/core/testing.ts';
import type { HookRequest } from '../../../src/adapters/webhook.ts';

export function hookRequest(received: Received, changes: Partial<HookRequest> = {}): HookRequest {
  const headers = Object.entries(received.headers).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value] as const,
  );
  return {
    method: received.method === 'GET' ? 'GET' : 'POST',
    headers: Object.fromEntries(headers),
    query: {},
    body: Buffer.from(received.body, 'utf8'),
    lifecycle: false,
    ...changes,
  };
}

/** Waits until `look` finds something. The limit is generous: it only ends a test that hangs. */
export async function until<T>(
  look: () => T | undefined | Promise<T | undefined>,
  limitMs = 20_000,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error('nothing came');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
