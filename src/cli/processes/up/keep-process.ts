/** Keeps one process of ours running under `up`: restarts it with backoff, remembers it for the next `up`. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { CliError } from '../../errors.ts';
import { readMessage } from '../messages.ts';
import { backoff } from './backoff.ts';

export interface KeptProcessSpec {
  /** `api`, `worker`. */
  readonly name: string;
  readonly file: string;
  /** As they are now: asked for at each start, since a restarted server may have moved. */
  readonly args: () => readonly string[];
  readonly env: () => Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
  /** Called in the turn in which it is spawned. */
  readonly onSpawn: (pid: number) => void;
  /** Each time it is ready, with where it listens then. */
  readonly onReady: (url: string | null) => void;
  /** Tells a person how it goes. */
  readonly say: (line: string) => void;
}

export interface KeptProcess {
  readonly name: string;
  /** Where it listens, as of its first readiness. @throws CliError when it ends again and again before it was ever ready. */
  readonly ready: Promise<string | null>;
  /** Of the process that runs now. */
  pid(): number | null;
  /** Drains it, after which it is started anew. */
  restart(): void;
  /** Drains it for good; after `graceMs` it is killed. */
  stop(graceMs: number): Promise<void>;
  kill(): void;
}

const FIRST_ATTEMPTS = 3;
const LOG_LIMIT_BYTES = 16 * 1024 * 1024;

/** Starts it and keeps it running. */
export function keepProcess(spec: KeptProcessSpec): KeptProcess {
  const pause = backoff();
  let child: ChildProcess | null = null;
  let stopping = false;
  let restarting = false;
  let wasReady = false;
  let failures = 0;
  let reason: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  let ended = Promise.resolve();
  const ready = Promise.withResolvers<string | null>();
  ready.promise.catch(() => {});

  function start(): void {
    reason = null;
    const started = spawnProcess(spec);
    child = started;
    ended = new Promise((resolve) => {
      const finish = (what: string): void => {
        if (child !== started) return;
        child = null;
        resolve();
        onEnd(what);
      };
      started.once('exit', (code, signal) => finish(signal === null ? `exit code ${code}` : signal));
      started.once('error', (error) => finish(error.message));
    });
    started.on('message', (value) => {
      const message = readMessage(value);
      if (message?.type === 'failed') reason = message.reason;
      if (message?.type !== 'ready') return;
      if (wasReady) spec.say(`${spec.name} is back`);
      wasReady = true;
      pause.worked();
      spec.onReady(message.url ?? null);
      ready.resolve(message.url ?? null);
    });
  }

  function onEnd(how: string): void {
    if (stopping) return;
    if (restarting) {
      restarting = false;
      return start();
    }
    failures += 1;
    const why = reason ?? `${how}; see ${spec.logFile}`;
    if (!wasReady && failures >= FIRST_ATTEMPTS) {
      stopping = true;
      ready.reject(new CliError(`${spec.name} did not start: ${why}`));
      return;
    }
    const ms = pause.next();
    spec.say(`${spec.name} ended (${why}), starting it again in ${ms / 1000} s`);
    timer = setTimeout(start, ms);
  }

  start();
  return {
    name: spec.name,
    ready: ready.promise,
    pid: () => child?.pid ?? null,
    restart: () => {
      // One that is about to be started gets the new addresses anyway.
      restarting = child?.kill('SIGTERM') ?? false;
    },
    async stop(graceMs) {
      stopping = true;
      clearTimeout(timer);
      ready.reject(new CliError(`${spec.name} was stopped`));
      if (child === null) return;
      child.kill('SIGTERM');
      const killer = setTimeout(() => child?.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(killer);
    },
    kill: () => {
      stopping = true;
      clearTimeout(timer);
      child?.kill('SIGKILL');
    },
  };
}

function spawnProcess(spec: KeptProcessSpec): ChildProcess {
  const log = openLog(spec.logFile);
  try {
    const child = spawn(spec.file, spec.args(), {
      env: spec.env(),
      // A session of its own: Ctrl-C reaches `up` alone, which decides the order of the shutdown.
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
    if (child.pid !== undefined) spec.onSpawn(child.pid);
    return child;
  } finally {
    closeSync(log);
  }
}

/** To a file, not through a pipe: a pipe would break with a killed `up`, while the process still drains. */
function openLog(path: string): number {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}
