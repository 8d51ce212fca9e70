/** Waiting: until a moment, or until woken. Neither adds to the history while nothing happens. */
import { condition, setHandler } from '@temporalio/workflow';
import { wake } from './messages.ts';

export interface Waker {
  /** How often the workflow was woken so far; read before judging, so that no wake in between is lost. */
  readonly count: number;
  /** How many acts are under way. */
  acting: number;
  /** Resolves at `until` (epoch milliseconds; `null` = never by time) or when woken after `seen`. */
  sleep(until: number | null, seen: number): Promise<void>;
  /** Wakes this workflow's own waits: an act of one gate may have changed another. */
  nudge(): void;
  /**
   * Runs `act` when all that came before it is over. Whatever uses local activities goes through here: two of them at a time
   * end in activations of their own when they first run, yet in a single one when their history is replayed, and whoever
   * came later may then schedule first. One at a time, first run and replay are the same.
   */
  inTurn<T>(act: () => Promise<T>): Promise<T>;
}

/** Takes the workflow's wake signals. Call before the first await. */
export function listen(): Waker {
  let count = 0;
  let before: Promise<unknown> = Promise.resolve();
  const nudge = () => {
    count += 1;
  };
  setHandler(wake, nudge);
  return {
    acting: 0,
    get count() {
      return count;
    },
    nudge,
    inTurn(act) {
      const turn = before.then(act);
      before = turn.catch(() => undefined);
      return turn;
    },
    async sleep(until, seen) {
      if (until === null) return condition(() => count > seen);
      const left = until - Date.now();
      if (left > 0) await condition(() => count > seen, left);
    },
  };
}
