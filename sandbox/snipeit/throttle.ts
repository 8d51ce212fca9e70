import type { RequestHandler, Response } from 'express';

const WINDOW_MS = 60_000;

/**
 * The API throttle: a fixed window of one minute that begins with the first request. Every answer says
 * what is left; past the limit the answer is 429 with `Retry-After` in seconds and the vendor's body,
 * which is not the usual envelope. Source: Snipe-IT's rate limiter and "API Throttling" page.
 */
export function throttle(perMinute: number): { readonly handler: RequestHandler; reset(): void } {
  let windowEnds = 0;
  let used = 0;

  const handler: RequestHandler = (_request, response, next) => {
    const now = Date.now();
    if (now >= windowEnds) {
      windowEnds = now + WINDOW_MS;
      used = 0;
    }
    used += 1;
    const seconds = Math.max(1, Math.ceil((windowEnds - now) / 1000));
    response.set({
      'X-RateLimit-Limit': String(perMinute),
      'X-RateLimit-Remaining': String(Math.max(0, perMinute - used)),
      'X-RateLimit-Reset': String(seconds),
      'X-RateLimit-Reset-Timestamp': String(Math.ceil(windowEnds / 1000)),
    });
    if (used <= perMinute) return next();
    throttled(response, seconds);
  };

  return {
    handler,
    reset() {
      windowEnds = 0;
    },
  };
}

/** The answer past the limit. `seconds` until the window ends. */
export function throttled(response: Response, seconds: number): void {
  response
    .status(429)
    .set('Retry-After', String(seconds))
    .json({
      status: 'error',
      messages: `Too many requests. Try again in ${seconds} seconds.`,
      status_code: 429,
      retryAfter: seconds,
    });
}
