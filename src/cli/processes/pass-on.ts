import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Io } from '../io.ts';

/** The checkout or the image: where `src/`, `sandbox/` and `demo/` are. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Runs a program of ours in the foreground: it has our streams, gets our signals, and its end is our result.
 *
 * @param file Absolute path of a TypeScript or JavaScript file.
 * @returns its exit code; 128 + signal number where a signal ended it.
 */
export function passOn(file: string, args: readonly string[], io: Io): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], { stdio: 'inherit', env: { ...io.env } });
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    // A terminal sends Ctrl-C to every process in front of it: the child must not get it twice.
    const ignore = (): void => {};
    process.on('SIGTERM', forward);
    process.on('SIGHUP', forward);
    process.on('SIGINT', process.stdin.isTTY ? ignore : forward);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve(signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0));
    });
  });
}
