/** Runs a command to its end, and keeps what it said. */
import { spawn } from 'node:child_process';

export interface Ran {
  /** `null`: it could not be started, or a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  /** The system has no such program. */
  readonly isMissing: boolean;
}

export interface Running {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

export function run(program: string, args: readonly string[], { cwd, env, signal }: Running): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: env ?? process.env,
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.stderr.on('data', (part: Buffer) => parts.push(part));
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ code: null, out: error.message, isMissing: error.code === 'ENOENT' }),
    );
    child.once('close', (code) =>
      resolve({ code, out: Buffer.concat(parts).toString('utf8'), isMissing: false }),
    );
  });
}
