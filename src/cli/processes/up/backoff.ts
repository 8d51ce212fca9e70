const FIRST_MS = 250;
const LONGEST_MS = 15_000;
/** Who worked for so long is forgiven what went before. */
const FORGIVEN_AFTER_MS = 30_000;

export interface Backoff {
  /** How long to wait before the next start, milliseconds: doubles from start to start. */
  next(): number;
  /** It works now. */
  worked(): void;
}

/** Growing pauses between starts of something that ends again and again. */
export function backoff(clock: () => number = () => performance.now()): Backoff {
  let step = 0;
  let workingSince: number | null = null;
  return {
    next() {
      if (workingSince !== null && clock() - workingSince >= FORGIVEN_AFTER_MS) step = 0;
      workingSince = null;
      const ms = Math.min(FIRST_MS * 2 ** step, LONGEST_MS);
      step += 1;
      return ms;
    },
    worked() {
      workingSince = clock();
    },
  };
}
