/** Applies request faults in front of a vendor's API. */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Fault, FaultStore } from './faults.ts';
import type { VendorRefusals } from './simulator.ts';

/**
 * Express middleware for one instance. Latency adds up; of the other faults the oldest that matches is applied.
 * Faults "after the effect" replace `response.end`, so they hold for handlers that answer in one piece (json, send, end).
 */
export function applyFaults(instance: string, faults: FaultStore, refuse: VendorRefusals): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const matched = faults.forRequest(instance, request.method, request.originalUrl);
    let delay = 0;
    for (const { fault, spec } of matched) {
      if (spec.type !== 'latency') continue;
      fault.hits += 1;
      delay += spec.ms;
    }
    // Counted before the wait, so that a fault for one request does not strike two that come together.
    const other = matched.find(({ spec }) => spec.type !== 'latency');
    if (other !== undefined) other.fault.hits += 1;
    const proceed = (): void => {
      if (other === undefined) return next();
      const { fault, spec } = other;
      switch (spec.type) {
        case 'latency':
          return next();
        case 'status':
          if (spec.headers !== undefined) response.set(spec.headers);
          if (spec.body === undefined) return refuse.failed(request, response, spec.status);
          response.status(spec.status);
          response.send(spec.body);
          return;
        case 'rate-limit':
          return refuse.rateLimited(request, response, spec.retryAfterSeconds);
        case 'down':
          request.socket.resetAndDestroy();
          return;
        case 'drop-before-effect':
          request.socket.destroy();
          return;
        case 'drop-after-effect':
          instead(response, () => request.socket.destroy());
          return next();
        case 'hold-after-effect':
          hold(response, fault);
          return next();
      }
    };
    if (delay === 0) return proceed();
    setTimeout(proceed, delay).unref();
  };
}

/** Does something else when the handler wants to answer. */
function instead(response: Response, act: (answer: () => void) => void): void {
  const end = response.end.bind(response) as (...args: unknown[]) => Response;
  response.end = ((...args: unknown[]) => {
    act(() => end(...args));
    return response;
  }) as Response['end'];
}

function hold(response: Response, fault: Fault): void {
  instead(response, (answer) => {
    const release = (how: 'answer' | 'drop'): void => {
      fault.held.delete(release);
      if (how === 'answer') answer();
      else response.socket?.destroy();
    };
    fault.held.add(release);
    // A client that gave up waiting is not held any more.
    response.once('close', () => fault.held.delete(release));
  });
}
