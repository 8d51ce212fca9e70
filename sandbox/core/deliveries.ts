/** Outgoing webhooks: the vendor's retry rule, delivery faults, and a log of every attempt. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultStore } from './faults.ts';

/** One HTTP attempt. A failure to connect or a timeout has an `error` and no `status`. */
export interface DeliveryAttempt {
  readonly at: string;
  readonly status?: number;
  readonly error?: string;
  readonly ms: number;
}

/** The vendor's retry rule: after attempt i fails it waits `delaysMs[i]`, if `retries` says so. No delay left: given up. */
export interface RetryRule {
  readonly delaysMs: readonly number[];
  /** Whether this failed attempt is tried again at all. */
  retries(attempt: DeliveryAttempt): boolean;
}

/** What a simulator wants sent. */
export interface DeliveryRequest {
  /** Kind of delivery, by which faults find it, e.g. `event-hook`. */
  readonly delivery: string;
  readonly url: string;
  readonly method?: 'POST' | 'PUT';
  /** Made anew for each attempt, for vendors that sign the time. */
  readonly headers: (attempt: number) => Readonly<Record<string, string>>;
  /** Exact bytes, as signed. */
  readonly body: string;
  /** How long the vendor waits for an answer. */
  readonly timeoutMs: number;
  readonly retry: RetryRule;
}

/** One logged delivery. `lost` means a fault kept it from ever being sent. */
export interface DeliveryRecord {
  readonly n: number;
  readonly at: string;
  readonly instance: string;
  readonly delivery: string;
  readonly url: string;
  readonly body: string;
  /** `n` of the delivery this one repeats, when a fault made it twice. */
  readonly duplicateOf: number | null;
  state: 'pending' | 'held' | 'delivered' | 'failed' | 'lost' | 'cancelled';
  readonly attempts: DeliveryAttempt[];
}

/** Sends and logs the deliveries of the whole sandbox. */
export class Deliveries {
  readonly #faults: FaultStore;
  #log: DeliveryRecord[] = [];
  #abort = new AbortController();
  /** Per instance: who waits for the next delivery to go first. */
  #waiting = new Map<string, (() => void)[]>();

  constructor(faults: FaultStore) {
    this.#faults = faults;
  }

  list(instance?: string): DeliveryRecord[] {
    return this.#log.filter((record) => instance === undefined || record.instance === instance);
  }

  async send(instance: string, request: DeliveryRequest): Promise<DeliveryRecord> {
    const { signal } = this.#abort;
    const record = this.#open(instance, request, null);
    const overtaken = this.#waiting.get(instance) ?? [];
    try {
      for (const { fault, spec } of this.#faults.forDelivery(instance, request.delivery)) {
        fault.hits += 1;
        if (spec.type === 'lose') {
          record.state = 'lost';
          return record;
        }
        if (spec.type === 'latency') await sleep(spec.ms, undefined, { signal });
        if (spec.type === 'reorder') await this.#letNextPass(instance, record, spec.maxWaitMs, signal);
        if (spec.type === 'duplicate') {
          const twin = this.#open(instance, request, record.n);
          void this.#attemptAll(twin, request, signal);
        }
      }
      await this.#attemptAll(record, request, signal);
    } catch {
      // Only an abort (reset or stop) ends here: attempts turn their own errors into log entries.
      record.state = 'cancelled';
    } finally {
      if (record.state !== 'lost') {
        this.#waiting.set(
          instance,
          (this.#waiting.get(instance) ?? []).filter((pass) => !overtaken.includes(pass)),
        );
        for (const pass of overtaken) pass();
      }
    }
    return record;
  }

  /** Ends everything that is under way and forgets the log. */
  clear(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#log = [];
    this.#waiting.clear();
  }

  #open(instance: string, request: DeliveryRequest, duplicateOf: number | null): DeliveryRecord {
    const { delivery, url, body } = request;
    const record: DeliveryRecord = {
      n: this.#log.length + 1,
      at: new Date().toISOString(),
      instance,
      delivery,
      url,
      body,
      duplicateOf,
      state: 'pending',
      attempts: [],
    };
    this.#log.push(record);
    return record;
  }

  async #letNextPass(
    instance: string,
    record: DeliveryRecord,
    maxWaitMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    record.state = 'held';
    const passed = new Promise<void>((resolve) => {
      this.#waiting.set(instance, [...(this.#waiting.get(instance) ?? []), resolve]);
    });
    const giveUp = new AbortController();
    await Promise.race([
      passed,
      sleep(maxWaitMs, undefined, { signal: AbortSignal.any([signal, giveUp.signal]) }),
    ]).finally(() => giveUp.abort());
    record.state = 'pending';
  }

  async #attemptAll(record: DeliveryRecord, request: DeliveryRequest, signal: AbortSignal): Promise<void> {
    for (let count = 0; ; count += 1) {
      const attempt = await attemptOnce(request, count + 1, signal);
      if (signal.aborted) {
        record.state = 'cancelled';
        return;
      }
      record.attempts.push(attempt);
      if (attempt.status !== undefined && attempt.status >= 200 && attempt.status < 300) {
        record.state = 'delivered';
        return;
      }
      const delay = request.retry.delaysMs[count];
      if (delay === undefined || !request.retry.retries(attempt)) {
        record.state = 'failed';
        return;
      }
      try {
        await sleep(delay, undefined, { signal });
      } catch {
        record.state = 'cancelled';
        return;
      }
    }
  }
}

async function attemptOnce(
  request: DeliveryRequest,
  count: number,
  signal: AbortSignal,
): Promise<DeliveryAttempt> {
  const start = Date.now();
  const at = new Date(start).toISOString();
  try {
    const response = await fetch(request.url, {
      method: request.method ?? 'POST',
      headers: { ...request.headers(count) },
      body: request.body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(request.timeoutMs)]),
    });
    await response.arrayBuffer();
    return { at, status: response.status, ms: Date.now() - start };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return {
      at,
      error: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause),
      ms: Date.now() - start,
    };
  }
}
