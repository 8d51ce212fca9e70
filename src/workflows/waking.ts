/** Waiting: until a moment, or until woken. Neither adds to the history while nothing happens. */
import { CancellationScope, setHandler, sleep } from '@temporalio/workflow';
import { wake } from './messages.ts';

export interface Waker {
  /** How often the workflow was woken so far; read before judging, so that no wake in between is lost. */
  readonly count: number;
  /** Resolves when the workflow is woken the next time. */
  woken(): Promise<void>;
  /**
   * Wakes the workflow at `time` (epoch milliseconds; `null` = never by time), in place of any time set before. One timer
   * serves all waits, and stays when the time does.
   */
  setAlarm(time: number | null): void;
  /** Wakes this workflow's own waits: an act of one gate may have changed another. */
  nudge(): void;
}

interface Alarm {
  readonly time: number;
  readonly scope: CancellationScope;
}

/**
 * Takes the workflow's wake signals. Call before the first await.
 *
 * Waits are plain promises, not the SDK's conditions: the SDK notes the stack of every promise that a workflow makes, which is
 * the larger part of what a workflow costs, and a condition makes several.
 */
export function listen(): Waker {
  let count = 0;
  let waiting: (() => void)[] = [];
  let alarm: Alarm | null = null;

  function nudge(): void {
    count += 1;
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  }
  setHandler(wake, nudge);

  function start(time: number): void {
    const mine = { time, scope: new CancellationScope() };
    alarm = mine;
    void ring(mine);
  }

  async function ring(mine: Alarm): Promise<void> {
    try {
      await mine.scope.run(() => sleep(Math.max(1, mine.time - Date.now())));
    } catch {
      // Another time was set, or the workflow itself was cancelled.
      return;
    }
    if (alarm === mine) alarm = null;
    nudge();
  }

  return {
    get count() {
      return count;
    },
    nudge,
    woken: () => new Promise<void>((resolve) => waiting.push(resolve)),
    setAlarm(time) {
      if (alarm !== null && alarm.time === time) return;
      alarm?.scope.cancel();
      alarm = null;
      if (time !== null) start(time);
    },
  };
}
