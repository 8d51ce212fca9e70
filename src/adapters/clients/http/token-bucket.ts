/**
 * Keeps one connector instance below its vendor's rate limit. It stands in the HTTP path, since one activity may make many
 * requests. Generic cell rate algorithm: one number of state, first come, first served.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Rate {
  /** Sustained requests per second; may be below 1. */
  readonly requestsPerSecond: number;
  /** How many requests may go at once after a quiet time. */
  readonly burst: number;
}

export interface TokenBucket {
  /** Resolves when the next request may be sent. Rejects with the signal's reason when aborted while waiting. */
  take(signal?: AbortSignal): Promise<void>;
}

/** `now` is a monotonic clock in milliseconds; `wait` sleeps that long. Both are given by tests only. */
export function createTokenBucket(
  rate: Rate,
  now: () => number = () => performance.now(),
  wait: (ms: number, signal?: AbortSignal) => Promise<void> = (ms, signal) =>
    sleep(ms, undefined, signal && { signal }),
): TokenBucket {
  const interval = 1000 / rate.requestsPerSecond;
  const tolerance = (Math.max(1, rate.burst) - 1) * interval;
  /** When the bucket would be full again. */
  let full = Number.NEGATIVE_INFINITY;

  return {
    async take(signal) {
      signal?.throwIfAborted();
      const at = now();
      const from = Math.max(full, at);
      full = from + interval;
      const delay = from - tolerance - at;
      if (delay > 0) await wait(delay, signal);
    },
  };
}
