/** Keeps one embedded server running under `up`: starts it again when it ends unasked. */
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../../errors.ts';
import type { ServerExit, StopMode } from '../../../store/embedded/supervision/supervise-server.ts';
import { backoff } from './backoff.ts';

/** An embedded server, as its starter gives it. */
export interface EmbeddedServer {
  readonly exited: Promise<ServerExit>;
  stop(mode?: StopMode): Promise<void>;
}

export interface KeptServer<S extends EmbeddedServer> {
  /** The one that runs, or ran last. */
  current(): S;
  stop(mode?: StopMode): Promise<void>;
}

export interface KeptServerSpec<S extends EmbeddedServer> {
  readonly name: string;
  /** Starts or adopts it, and waits until it is ready. */
  readonly start: () => Promise<S>;
  /** After it was started again; it may have moved to another port. */
  readonly onRestart: (server: S) => void;
  readonly say: (line: string) => void;
}

/** @throws whatever the first start throws; later failures are tried again for as long as it is kept. */
export async function keepServer<S extends EmbeddedServer>(spec: KeptServerSpec<S>): Promise<KeptServer<S>> {
  const stop = new AbortController();
  const pause = backoff();
  let server = await spec.start();
  let mode: StopMode = 'fast';

  async function keep(): Promise<void> {
    while (!stop.signal.aborted) {
      pause.worked();
      const exit = await server.exited;
      if (exit.expected || stop.signal.aborted) return;
      spec.say(`${spec.name} ended unexpectedly, starting it again`);
      await startAgain();
    }
  }

  async function startAgain(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        await sleep(pause.next(), undefined, { signal: stop.signal });
        server = await spec.start();
        if (stop.signal.aborted) return await server.stop(mode);
        spec.say(`${spec.name} is back`);
        spec.onRestart(server);
        return;
      } catch (error) {
        if (!stop.signal.aborted) spec.say(`${spec.name} did not start: ${reasonOf(error)}`);
      }
    }
  }

  const kept = keep();
  return {
    current: () => server,
    async stop(how = 'fast') {
      mode = how;
      stop.abort();
      await server.stop(how);
      await kept;
    },
  };
}
