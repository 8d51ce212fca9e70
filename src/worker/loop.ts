/** A background loop of the worker: runs, waits until nudged or for a while, runs again; a failure is logged and waited out. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../activities/context.ts';

export interface Loop {
  /** Run now rather than at the next interval. */
  nudge(): void;
  /** Resolves when the run under way, if any, has ended. */
  stop(): Promise<void>;
}

export function startLoop(name: string, everyMs: number, run: () => Promise<void>, log: Log): Loop {
  const ending = new AbortController();
  let nudged = false;
  let waiting = new AbortController();

  async function main(): Promise<void> {
    let failures = 0;
    while (!ending.signal.aborted) {
      nudged = false;
      try {
        await run();
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!ending.signal.aborted)
          log.warn(
            { loop: name, failures, error: error instanceof Error ? error.name : 'unknown' },
            'a background loop failed and goes on',
          );
      }
      if (ending.signal.aborted) return;
      if (nudged && failures === 0) continue;
      waiting = new AbortController();
      const pause =
        failures === 0 ? everyMs : Math.min(30_000, Math.max(everyMs, 250 * 2 ** Math.min(failures, 7)));
      await sleep(pause, undefined, { signal: waiting.signal }).catch(() => undefined);
    }
  }

  const ended = main();
  return {
    nudge() {
      nudged = true;
      waiting.abort();
    },
    async stop() {
      ending.abort();
      waiting.abort();
      await ended;
    },
  };
}
