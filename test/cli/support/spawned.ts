/** Programs of ours as processes of their own. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from '../../support/engine/eventually.ts';

export const MAIN = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'main.ts');

/** Generous: a start bundles the workflows, on a machine that may be busy. */
const START_LIMIT_MS = 240_000;

export interface Spawned {
  readonly pid: number;
  out(): string;
  err(): string;
  /** Resolves with the exit code; `null` when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Waits until standard output has it. @throws when the process ends before. */
  says(text: string): Promise<void>;
  signal(name: NodeJS.Signals): void;
}

/** Starts it with this environment alone, besides where programs are found. */
export function start(args: readonly string[], env: Readonly<Record<string, string>>, cwd?: string): Spawned {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [...args], {
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  let ended = false;
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      ended = true;
      resolve(code);
    });
  });
  return {
    pid: child.pid ?? 0,
    out: () => out,
    err: () => err,
    exited,
    async says(text) {
      const heard = async (): Promise<boolean> => {
        if (out.includes(text) || err.includes(text)) return true;
        if (ended) throw new Error(`it ended instead:\n${out}${err}`);
        return false;
      };
      await eventually(`the program to say "${text}"`, heard, START_LIMIT_MS).catch((cause: unknown) => {
        throw new Error(`it did not say "${text}", but:\n${out}${err}`, { cause });
      });
    },
    signal: (name) => void child.kill(name),
  };
}

export function handbackProcess(args: readonly string[], env: Readonly<Record<string, string>>): Spawned {
  return start([MAIN, ...args], env);
}
