/**
 * Keeps one connector's requests below its vendor's limit. It sits in the HTTP path, since one activity may send many
 * requests. Callers are served in the order in which they asked.
 */
import { setImmediate as timersHaveFired, setTimeout as sleep } from 'node:timers/promises';

/** How fast a connector may ask its vendor. */
export interface Rate {
  /** Sustained requests a second; may be a fraction. */
  readonly requestsPerSecond: number;
  /** How many may go at once after a pause. */
  readonly burst: number;
}

export class TokenBucket {
  readonly #intervalMs: number;
  readonly #toleranceMs: number;
  readonly #now: () => number;
  /** When the bucket is full again (the generic cell rate algorithm's "theoretical arrival time"), on the given clock. */
  #fullAt = 0;

  /** `now`: a clock in milliseconds that never goes back. */
  constructor(rate: Rate, now: () => number = () => performance.now()) {
    this.#intervalMs = 1000 / rate.requestsPerSecond;
    this.#toleranceMs = (rate.burst - 1) * this.#intervalMs;
    this.#now = now;
  }

  /** Milliseconds to wait before the next request may go; the request is counted. */
  reserve(): number {
    const now = this.#now();
    const fullAt = Math.max(this.#fullAt, now);
    this.#fullAt = fullAt + this.#intervalMs;
    return Math.max(0, fullAt - this.#toleranceMs - now);
  }

  /**
   * Resolves when the request may go. Rejects with an AbortError when `signal` aborts first; also when the time of an
   * `AbortSignal.timeout` was over while this process stood still, which its timer could not tell yet.
   */
  async take(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const wait = this.reserve();
    if (wait > 0) await sleep(wait, undefined, signal === undefined ? {} : { signal });
    if (signal === undefined) return;
    await timersHaveFired();
    signal.throwIfAborted();
  }
}
