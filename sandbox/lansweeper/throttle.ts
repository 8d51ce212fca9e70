import type { RequestHandler, Response } from 'express';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export interface Limits {
  readonly requestsPerMinute: number;
  readonly requestsPerHour: number;
  readonly quietMs: number;
}

/**
 * The vendor's limits. Once one is reached, only a client that asks nothing for a while is served again: what it asks meanwhile
 * begins the wait anew.
 */
export function throttle(limits: Limits): { readonly handler: RequestHandler; reset(): void } {
  let asked: number[] = [];
  let lockedSince: number | null = null;

  const handler: RequestHandler = (_request, response, next) => {
    const now = Date.now();
    if (lockedSince !== null && now - lockedSince >= limits.quietMs) {
      lockedSince = null;
      asked = [];
    }
    asked = [...asked.filter((at) => now - at < HOUR_MS), now];
    const minute = asked.filter((at) => now - at < MINUTE_MS).length;
    response.set({
      'x-ratelimit-limit': String(limits.requestsPerMinute),
      'x-ratelimit-remaining': String(Math.max(0, limits.requestsPerMinute - minute)),
      'x-ratelimit-reset': String(Math.ceil((now + MINUTE_MS) / 1000)),
    });
    const isOver = minute > limits.requestsPerMinute || asked.length > limits.requestsPerHour;
    if (lockedSince === null && !isOver) return next();
    lockedSince = now;
    throttled(response);
  };

  return {
    handler,
    reset() {
      asked = [];
      lockedSince = null;
    },
  };
}

/** Without `Retry-After`: the vendor documents none. */
export function throttled(response: Response): void {
  response.status(429).json({ errors: [{ message: 'Too many requests, please try again later.' }] });
}
