import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Polls until `read` returns something other than `undefined` or `false`. The limit is generous on purpose: it only ends a test
 * that would never end.
 */
export async function eventually<T>(
  what: string,
  read: () => Promise<T | undefined | false>,
  limitMs = 90_000,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await read();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`still waiting for ${what}`);
    await sleep(50);
  }
}
