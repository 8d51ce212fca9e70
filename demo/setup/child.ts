/** A process that the demo started: waits for what it says first, and ends it by its pid. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Lines of its standard output up to the one that `isReady` accepted. */
  readonly greeting: readonly string[];
  /** Resolves with how it ended, when it ends. */
  readonly ended: Promise<string>;
  /** Asks it to end, insists, and in the end kills it. */
  stop(): Promise<void>;
}

export interface ChildSpec {
  readonly name: string;
  /** A TypeScript file and its arguments. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly isReady: (line: string) => boolean;
  readonly readyWithinMs: number;
  /** Its standard error, line by line. */
  readonly onError: (line: string) => void;
  readonly signal: AbortSignal;
}

const PATIENCE_MS = 25_000;
/** After a second signal a process ends at once. */
const LAST_PATIENCE_MS = 10_000;

/** @throws Error when it ends, or the time is up, before it is ready; it does not run then. */
export async function startChild(spec: ChildSpec): Promise<Child> {
  spec.signal.throwIfAborted();
  const child = spawn(process.execPath, [...spec.args], {
    env: spec.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A session of its own: Ctrl-C reaches the demo alone, which stops things in their order.
    detached: true,
  });
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once('error', (error) => resolve(error.message));
  });
  // Whatever ends the demo, nothing of it stays behind.
  const atExit = (): void => void child.kill('SIGTERM');
  process.once('exit', atExit);
  child.once('exit', () => process.off('exit', atExit));
  const stop = (): Promise<void> => stopChild(child, ended);
  try {
    const greeting = await greet(child, spec, ended);
    return { name: spec.name, pid: child.pid ?? 0, greeting, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function greet(
  child: ChildProcess,
  spec: ChildSpec,
  ended: Promise<string>,
): Promise<readonly string[]> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error(`${spec.name} could not be started`);
  const complaints: string[] = [];
  createInterface({ input: stderr }).on('line', (line) => {
    complaints.push(line);
    if (complaints.length > 20) complaints.shift();
    spec.onError(line);
  });
  const greeting: string[] = [];
  const ready = new Promise<'ready'>((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      greeting.push(line);
      if (spec.isReady(line)) resolve('ready');
    });
  });
  const timer = new AbortController();
  const late = sleep(spec.readyWithinMs, 'late', { signal: AbortSignal.any([timer.signal, spec.signal]) });
  try {
    const how = await Promise.race([ready, ended, late]);
    if (how === 'ready') return greeting;
    const why = how === 'late' ? `is not ready after ${spec.readyWithinMs / 1000} s` : `ended (${how})`;
    throw new Error([`${spec.name} ${why}`, ...complaints].join('\n  '));
  } finally {
    timer.abort();
  }
}

async function stopChild(child: ChildProcess, ended: Promise<string>): Promise<void> {
  for (const [signal, patience] of [
    ['SIGTERM', PATIENCE_MS],
    ['SIGTERM', LAST_PATIENCE_MS],
    ['SIGKILL', LAST_PATIENCE_MS],
  ] as const) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    child.kill(signal);
    const timer = new AbortController();
    const over = await Promise.race([
      ended,
      sleep(patience, null, { signal: timer.signal }).catch(() => null),
    ]);
    timer.abort();
    if (over !== null) return;
  }
}
