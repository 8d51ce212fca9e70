/** Faults on demand: what they are, which request or delivery they meet, how often they struck. */
import { z } from 'zod';

/** Faults of requests that come in. */
export const RequestFault = z.discriminatedUnion('type', [
  /** The request waits before the vendor looks at it. */
  z.strictObject({ type: z.literal('latency'), ms: z.int().min(0) }),
  /** Refused without an effect; without `body`, in the vendor's own error shape. */
  z.strictObject({
    type: z.literal('status'),
    status: z.int().min(100).max(599),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.unknown().optional(),
  }),
  /** 429 with the vendor's own headers and body. */
  z.strictObject({ type: z.literal('rate-limit'), retryAfterSeconds: z.int().min(0).default(1) }),
  /** The effect happens; the response is held until released. */
  z.strictObject({ type: z.literal('hold-after-effect') }),
  /** The effect happens; the connection is closed without a response. */
  z.strictObject({ type: z.literal('drop-after-effect') }),
  /** The connection is closed before the vendor looks at the request. */
  z.strictObject({ type: z.literal('drop-before-effect') }),
  /** The connection is reset (RST), as when nobody is there. */
  z.strictObject({ type: z.literal('down') }),
]);
export type RequestFault = z.infer<typeof RequestFault>;

/** Faults of webhooks that go out. */
export const DeliveryFault = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('latency'), ms: z.int().min(0) }),
  z.strictObject({ type: z.literal('duplicate') }),
  /** Held back until the instance's next delivery has gone out, at most `maxWaitMs`. */
  z.strictObject({ type: z.literal('reorder'), maxWaitMs: z.int().min(0).default(5000) }),
  /** Never sent. */
  z.strictObject({ type: z.literal('lose') }),
]);
export type DeliveryFault = z.infer<typeof DeliveryFault>;

const regex = z.string().refine(isRegex, { error: 'not a regular expression' });
const times = z.int().min(1).optional();

/** Body of `POST /faults`. Without `instance` it meets every instance; without `times` it stays until deleted. */
export const FaultRequest = z.union([
  z.strictObject({
    instance: z.string().optional(),
    match: z.strictObject({ delivery: z.string() }),
    fault: DeliveryFault,
    times,
  }),
  z.strictObject({
    instance: z.string().optional(),
    /** `path` is a regular expression tested against path and query. */
    match: z.strictObject({ method: z.string().optional(), path: regex.optional() }).default({}),
    fault: RequestFault,
    times,
  }),
]);
export type FaultRequest = z.infer<typeof FaultRequest>;

/** A fault in force. `hits` counts how often it struck; `held` how many responses it is holding now. */
export interface Fault {
  readonly id: string;
  readonly request: FaultRequest;
  hits: number;
  /** Release functions of held responses. */
  readonly held: Set<(how: 'answer' | 'drop') => void>;
}

/** The faults of the whole sandbox. */
export class FaultStore {
  #faults = new Map<string, Fault>();
  #next = 1;

  add(request: FaultRequest): Fault {
    const fault: Fault = { id: `fault-${this.#next++}`, request, hits: 0, held: new Set() };
    this.#faults.set(fault.id, fault);
    return fault;
  }

  list(): Fault[] {
    return [...this.#faults.values()];
  }

  get(id: string): Fault | undefined {
    return this.#faults.get(id);
  }

  /** Faults that meet this request, oldest first. The caller counts the hits of those it applies. */
  forRequest(instance: string, method: string, path: string): { fault: Fault; spec: RequestFault }[] {
    return this.list().flatMap((fault) => {
      const { request } = fault;
      if (!this.#live(fault, instance) || 'delivery' in request.match) return [];
      if (request.match.method !== undefined && request.match.method.toUpperCase() !== method) return [];
      if (request.match.path !== undefined && !new RegExp(request.match.path).test(path)) return [];
      return [{ fault, spec: request.fault as RequestFault }];
    });
  }

  /** Faults that meet this outgoing delivery, oldest first. */
  forDelivery(instance: string, delivery: string): { fault: Fault; spec: DeliveryFault }[] {
    return this.list().flatMap((fault) => {
      const { request } = fault;
      if (!this.#live(fault, instance) || !('delivery' in request.match)) return [];
      return request.match.delivery === delivery || request.match.delivery === '*'
        ? [{ fault, spec: request.fault as DeliveryFault }]
        : [];
    });
  }

  /** Lets the held responses go, or drops their connections. Returns how many there were. */
  release(fault: Fault, how: 'answer' | 'drop'): number {
    const held = [...fault.held];
    for (const release of held) release(how);
    return held.length;
  }

  /** Ends a fault; what it holds is answered. */
  remove(id: string): boolean {
    const fault = this.#faults.get(id);
    if (fault === undefined) return false;
    this.release(fault, 'answer');
    return this.#faults.delete(id);
  }

  clear(how: 'answer' | 'drop'): void {
    for (const fault of this.list()) this.release(fault, how);
    this.#faults.clear();
  }

  #live(fault: Fault, instance: string): boolean {
    if (fault.request.instance !== undefined && fault.request.instance !== instance) return false;
    return fault.request.times === undefined || fault.hits < fault.request.times;
  }
}

function isRegex(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}
