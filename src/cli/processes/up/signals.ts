import { constants } from 'node:os';

export interface Signals {
  /** Resolves with `null` at the first one. */
  readonly first: Promise<null>;
  asked(): boolean;
  /** What must be done before the process ends at once, at a second one. Synchronous. */
  onSecond(act: () => void): void;
}

/** Listens for the wish to stop: the first signal drains, a second one ends the process at once. */
export function watchSignals(say: (line: string) => void): Signals {
  const first = Promise.withResolvers<null>();
  const acts: (() => void)[] = [];
  let asked = false;
  // Something to stay alive for: neither signals nor embedded servers keep the event loop running.
  const alive = setInterval(() => {}, 60_000);
  const onSignal = (signal: NodeJS.Signals): void => {
    if (asked) {
      say('ending at once');
      for (const act of acts) act();
      // The embedded servers are told to stop by their exit hooks.
      process.exit(128 + (constants.signals[signal] ?? 0));
    }
    asked = true;
    clearInterval(alive);
    first.resolve(null);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
  return { first: first.promise, asked: () => asked, onSecond: (act) => void acts.push(act) };
}
