/** Child processes: one way to run a helper to its end, one to hand over to the real command. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter } from 'node:path';
import { duration, say } from './say.mjs';

const PROGRESS_MS = 15_000;
const KEPT_OUTPUT = 20_000;

/**
 * @typedef {object} RunResult
 * @property {boolean} ok exit code 0 within the limit
 * @property {string} output the end of what it wrote, both streams
 * @property {string} problem why it is not ok, in words
 * @property {boolean} notFound there is no such program
 */

/**
 * Runs a program to its end, its output kept back for the case that it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, limitMs: number, doing?: string, shell?: boolean }} options
 *   `doing`: what to say every 15 seconds, so that nobody thinks it hangs; `shell`: for the .cmd files of
 *   Windows
 * @returns {Promise<RunResult>}
 */
export function run(command, args, { env = process.env, cwd, limitMs, doing, shell = false }) {
  return new Promise((resolve) => {
    const started = Date.now();
    const child = spawn(command, args, {
      env,
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell,
      windowsHide: true,
    });
    let output = '';
    let problem = '';
    let notFound = false;
    const keep = (chunk) => {
      output = (output + chunk).slice(-KEPT_OUTPUT);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);

    const limit = setTimeout(() => {
      problem = `gave up after ${duration(limitMs)}`;
      child.kill('SIGKILL');
    }, limitMs);
    const progress = setInterval(() => {
      if (doing) say(`${doing}: ${duration(Date.now() - started)} so far${lastLine(output)}`);
    }, PROGRESS_MS);
    const stop = () => child.kill('SIGKILL');
    process.on('exit', stop);

    child.on('error', (error) => {
      notFound = error.code === 'ENOENT';
      problem = error.message;
    });
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      clearInterval(progress);
      process.removeListener('exit', stop);
      if (!problem && code !== 0)
        problem = signal ? `was stopped by ${signal}` : `ended with exit code ${code}`;
      resolve({ ok: problem === '', output: output.trim(), problem, notFound });
    });
  });
}

/**
 * Runs a program in the foreground: it has our terminal, gets our signals, and its end is our result.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} options
 * @returns {Promise<number>} exit code; 128 + signal number where a signal ended it
 */
export function handOver(command, args, { env = process.env, cwd } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, cwd, stdio: 'inherit' });
    const forward = (signal) => child.kill(signal);
    // A terminal sends Ctrl-C to every process in front of it: the child must not get it twice.
    const seen = () => {};
    const handlers = { SIGTERM: forward, SIGHUP: forward, SIGINT: process.stdin.isTTY ? seen : forward };
    for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const [name, handler] of Object.entries(handlers)) process.removeListener(name, handler);
      resolve(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1));
    });
  });
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} dir
 * @returns {NodeJS.ProcessEnv} a copy with `dir` first on the PATH
 */
export function withPath(env, dir) {
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...env, [key]: env[key] ? `${dir}${delimiter}${env[key]}` : dir };
}

/** @param {string} output @returns {string} the last lines, indented, for an error message */
export function tail(output, lines = 15) {
  return output
    .split('\n')
    .slice(-lines)
    .map((line) => `    ${line}`)
    .join('\n');
}

function lastLine(output) {
  const line = output.trimEnd().split('\n').at(-1)?.trim();
  return line ? ` (${line.slice(0, 80)})` : '';
}
