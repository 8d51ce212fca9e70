/** A process under measurement: forked, told apart by name, asked over IPC how many requests it has sent. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const COUNTER = fileURLToPath(new URL('count-requests.ts', import.meta.url));
const READY_MS = 90_000;
const PATIENCE_MS = 20_000;

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Where it listens, if it does. */
  readonly url: string | null;
  /** HTTP requests it has sent so far, by `host:port`. */
  requests(): Promise<Readonly<Record<string, number>>>;
  /** SIGTERM, then SIGKILL when it does not drain. */
  stop(): Promise<void>;
}

export interface ChildSpec {
  readonly name: string;
  /** A TypeScript file. */
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** How long it may take to be ready. */
  readonly readyMs?: number;
}

/** Starts it and waits for its `ready`. @throws Error with the last lines it wrote when it ends before. */
export async function startChild({
  name,
  program,
  args,
  env,
  readyMs = READY_MS,
}: ChildSpec): Promise<Child> {
  const child = fork(program, [...args], {
    env,
    execArgv: ['--import', COUNTER, ...(process.env['HANDBACK_BENCH_NODE_OPTIONS']?.split(' ') ?? [])],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const said: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()) > 40 && said.shift());
  const ended = new Promise<'ended'>((resolve) => child.once('exit', () => resolve('ended')));
  const ready = waitFor(child, (message) =>
    isRecord(message) && message['type'] === 'ready' ? message : null,
  );
  const first = await Promise.race([ready, ended, sleep(readyMs, 'late' as const, { ref: false })]);
  if (typeof first === 'string') {
    child.kill('SIGKILL');
    throw new Error(`${name} did not become ready (${first})\n${said.join('')}`);
  }
  return {
    name,
    pid: child.pid ?? 0,
    url: typeof first['url'] === 'string' ? first['url'] : null,
    async requests() {
      const answer = waitFor(child, (message) =>
        isRecord(message) && isRecord(message['requests']) ? message['requests'] : null,
      );
      child.send({ type: 'count-requests' });
      return (await answer) as Record<string, number>;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      if ((await Promise.race([ended, sleep(PATIENCE_MS, 'late' as const, { ref: false })])) === 'late')
        child.kill('SIGKILL');
      await ended;
    },
  };
}

function waitFor<T>(child: ChildProcess, pick: (message: unknown) => T | null): Promise<T> {
  return new Promise((resolve) => {
    const listener = (message: unknown): void => {
      const found = pick(message);
      if (found === null) return;
      child.off('message', listener);
      resolve(found);
    };
    child.on('message', listener);
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
