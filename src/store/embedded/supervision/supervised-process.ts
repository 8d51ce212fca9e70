import { spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { processMark, isSameProcess } from './process-table.ts';

/** How to run a server. */
export interface ServerCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** A directory that the server's user may enter. */
  readonly cwd: string;
  /** The whole environment: nothing of ours (secrets, too) is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** The user to run as; absent means ours. */
  readonly runAs?: { readonly uid: number; readonly gid: number };
}

/** How a process ended; both null when it was adopted, whose status only its parent learns. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that runs beside ours, whether we spawned it or found it running. */
export interface SupervisedProcess {
  readonly pid: number;
  /** See `processMark`. */
  readonly mark: string;
  readonly exited: Promise<ProcessExit>;
  hasExited(): boolean;
  /** Sends a signal, unless the process is gone already. */
  signal(name: NodeJS.Signals): void;
}

const LOG_LIMIT_BYTES = 16 * 1024 * 1024;
const ADOPTED_POLL_MS = 100;

/**
 * Spawns a server that outlives a kill -9 of ours unharmed: no pipe to us that would break, and a
 * session of its own, so that Ctrl-C at a terminal reaches us alone and we decide the order of the
 * shutdown. It does not keep our event loop alive.
 *
 * @param onSpawn runs in the same turn as the spawn, before anything else can happen.
 */
export async function spawnSupervised(
  command: ServerCommand,
  logFile: string,
  onSpawn: (pid: number, mark: string) => void,
): Promise<SupervisedProcess> {
  const logHandle = openLog(logFile);
  const child = spawn(command.file, command.args, {
    cwd: command.cwd,
    env: command.env,
    detached: true,
    stdio: ['ignore', logHandle, logHandle],
    ...command.runAs,
  });
  closeSync(logHandle);
  const { pid } = child;
  if (pid === undefined) {
    throw await new Promise<Error>((resolve) => child.once('error', resolve));
  }
  const mark = processMark(pid) ?? '';
  let ended = false;
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = true;
      resolve({ code, signal });
    });
  });
  child.on('error', () => {
    // A signal that could not be sent; `exited` tells what matters.
  });
  child.unref();
  onSpawn(pid, mark);
  return {
    pid,
    mark,
    exited,
    hasExited: () => ended,
    signal: (name) => void child.kill(name),
  };
}

/** Takes a running process, which need not be our child, under supervision. */
export function adoptSupervised(pid: number, mark: string): SupervisedProcess {
  let ended = false;
  const exited = new Promise<ProcessExit>((resolve) => {
    const timer = setInterval(() => {
      if (isSameProcess(pid, mark)) return;
      clearInterval(timer);
      ended = true;
      resolve({ code: null, signal: null });
    }, ADOPTED_POLL_MS);
    timer.unref();
  });
  return {
    pid,
    mark,
    exited,
    hasExited: () => ended || !isSameProcess(pid, mark),
    signal: (name) => {
      if (isSameProcess(pid, mark)) process.kill(pid, name);
    },
  };
}

/** Waits for the end, keeping our event loop alive meanwhile; false when the time ran out. */
export async function exitedWithin(server: SupervisedProcess, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([server.exited.then(() => true), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function openLog(path: string): number {
  // Only at a start: the servers hold the file open, and a start is frequent enough.
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) {
    renameSync(path, `${path}.1`);
  }
  return openSync(path, 'a', 0o600);
}
