/** Workers as processes of their own, so that they can be killed: the real `handback worker`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CrashPoint } from '../../../src/activities/context.ts';
import type { Engine } from './start-engine.ts';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface WorkerProcess {
  readonly pid: number;
  /** Resolves when it works, or has ended before. */
  readonly ready: Promise<void>;
  readonly ended: Promise<Ending>;
  /** A kill -9. Resolves when it is gone. */
  kill(): Promise<Ending>;
  /** SIGTERM, as a service manager would. */
  drain(): Promise<Ending>;
  /** What it said on stderr. */
  said(): string;
}

const running = new Map<WorkerProcess, Engine>();

/** Starts a worker of that engine, which dies at `crashAt` (`point` or `point:n`) where that is given. */
export function startWorkerProcess(
  engine: Engine,
  crashAt?: CrashPoint | `${CrashPoint}:${number}`,
): WorkerProcess {
  const child = spawn(process.execPath, [MAIN, 'worker', '--config', engine.configFile.path], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      HANDBACK_DATA: engine.configFile.directory,
      DATABASE_URL: engine.databaseUrl,
      TEMPORAL_ADDRESS: engine.temporalAddress,
      ...(crashAt === undefined ? {} : { HANDBACK_CRASH_AT: crashAt }),
    },
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-20_000);
  });
  const ended = once(child, 'exit').then(([code, signal]): Ending => {
    running.delete(worker);
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  const worker: WorkerProcess = {
    pid: child.pid ?? -1,
    ready: Promise.race([once(child, 'message'), ended]).then(() => undefined),
    ended,
    kill: () => {
      child.kill('SIGKILL');
      return ended;
    },
    drain: () => {
      child.kill('SIGTERM');
      return ended;
    },
    said: () => said,
  };
  running.set(worker, engine);
  return worker;
}

/** How it ended by itself; throws when it lives on long after it should have died. */
export async function died(worker: WorkerProcess, point: string, limitMs = 300_000): Promise<Ending> {
  const limit = sleep(limitMs, null, { ref: false });
  const ending = await Promise.race([worker.ended, limit]);
  if (ending === null) throw new Error(`the process lives on: it did not come by ${point}`);
  return ending;
}

/** Kills the workers of one engine that a failed test left. */
export async function killWorkersOf(engine: Engine): Promise<void> {
  const left = [...running].filter(([, owner]) => owner === engine);
  await Promise.all(left.map(([worker]) => worker.kill()));
}

/** Kills all that are left. */
export async function killWorkers(): Promise<void> {
  await Promise.all([...running.keys()].map((worker) => worker.kill()));
}
