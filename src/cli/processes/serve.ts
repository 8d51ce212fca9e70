/** Runs a process of ours to its end: says when it is ready, drains when it is told to, ends when its parent is gone. */
import { cliEnvironment } from '../../config/cli-environment.ts';
import type { Io } from '../io.ts';
import { reasonOf } from '../errors.ts';
import { keepTouching } from './health-file.ts';
import { tellParent } from './messages.ts';

/** Something that runs until it is stopped or fails. */
export interface Service {
  /** Where it listens, if it does. */
  readonly url?: string;
  /** Finishes what is under way, then ends. */
  stop(): Promise<void>;
  /** Resolves with the error when it cannot go on; stays pending otherwise. */
  readonly failed: Promise<Error>;
}

const DRAIN_MS = 60_000;
/** Without its `up` a process has nobody to serve, and the next `up` waits for its end. */
const ORPHAN_DRAIN_MS = 10_000;

/**
 * Starts the service, keeps it up until a signal, a failure or the loss of the parent, and drains it. A second signal, or
 * a drain that takes too long, ends the process at once.
 *
 * @returns the exit code: 0 when it drained.
 */
export async function serve(name: string, start: () => Promise<Service>, io: Io): Promise<number> {
  const end = waitForTheEnd();
  const service = await start();
  const { url } = service;
  const noLongerWell = keepTouching(cliEnvironment(io.env).healthFile);
  await tellParent({ type: 'ready', ...(url === undefined ? {} : { url }) });
  if (process.send === undefined) io.err(`${name} is ready${url === undefined ? '' : ` on ${url}`}\n`);

  const why = await Promise.race([end, service.failed.then((error) => ({ error }))]);
  const limit = setTimeout(
    () => {
      io.err(`${name} did not drain in time\n`);
      process.exit(1);
    },
    why === 'orphaned' ? ORPHAN_DRAIN_MS : DRAIN_MS,
  );
  limit.unref();
  if (typeof why === 'object') {
    await tellParent({ type: 'failed', reason: reasonOf(why.error) });
    io.err(`handback: ${name} cannot go on: ${reasonOf(why.error)}\n`);
  }
  noLongerWell();
  await service.stop();
  clearTimeout(limit);
  return typeof why === 'object' ? 1 : 0;
}

/** Listens from the start, so that a signal during a slow start is not lost. */
function waitForTheEnd(): Promise<'signal' | 'orphaned'> {
  return new Promise((resolve) => {
    let signals = 0;
    const onSignal = (): void => {
      signals += 1;
      if (signals > 1) process.exit(1);
      resolve('signal');
    };
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
    if (process.send === undefined) return;
    process.once('disconnect', () => {
      resolve('orphaned');
      // Also when the start hangs, and nobody waits for us yet.
      setTimeout(() => process.exit(1), ORPHAN_DRAIN_MS + 2_000).unref();
    });
  });
}
