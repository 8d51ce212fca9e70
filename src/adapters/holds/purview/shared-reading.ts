/**
 * One reading for all who ask at the same time, since each takes minutes of what Microsoft allows. A reading that has begun may
 * have passed what was placed since: who asks meanwhile waits for the next, together with everybody else who does.
 */

interface Round<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  waiting: number;
}

export interface SharedReading<T> {
  /**
   * The result of a reading that begins from now on. One that fails, fails for all who wait for it.
   * @throws Error when `signal` aborts; a reading that nobody waits for any longer is stopped.
   */
  ask(signal?: AbortSignal): Promise<T>;
}

/** `read` is never running twice at once. */
export function createSharedReading<T>(read: (signal: AbortSignal) => Promise<T>): SharedReading<T> {
  let running: Round<T> | null = null;
  let next: Round<T> | null = null;

  function begin(after: Promise<unknown>): Round<T> {
    const stop = new AbortController();
    const result = after.then(() => {
      if (next === round) next = null;
      stop.signal.throwIfAborted();
      running = round;
      return read(stop.signal);
    });
    const round: Round<T> = { result, stop, waiting: 0 };
    const end = (): void => {
      if (running === round) running = null;
    };
    // Also when nobody waits any longer: then nobody else hears of its failure.
    result.then(end, end);
    return round;
  }

  return {
    async ask(signal) {
      if (signal?.aborted === true) throw new Error('given up', { cause: signal.reason });
      next ??= begin(running === null ? Promise.resolve() : running.result.catch(() => undefined));
      const round = next;
      round.waiting += 1;
      const answered = new AbortController();
      try {
        return await Promise.race([round.result, aborted(signal, answered.signal)]);
      } finally {
        answered.abort();
        round.waiting -= 1;
        if (round.waiting === 0) {
          round.stop.abort();
          if (next === round) next = null;
        }
      }
    },
  };
}

/** Rejects when `signal` aborts; never, once `answered` did. */
function aborted(signal: AbortSignal | undefined, answered: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const give = (): void => reject(new Error('given up', { cause: signal?.reason }));
    signal?.addEventListener('abort', give, { once: true, signal: answered });
  });
}
