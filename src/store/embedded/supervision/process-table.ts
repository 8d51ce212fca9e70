import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

let bootId: string | undefined;

/**
 * A mark that tells one life of a pid from the next: it stays the same while the process lives and
 * differs once the pid is reused, or the machine was restarted.
 *
 * @returns null when no such process runs; a zombie counts as not running.
 */
export function processMark(pid: number): string | null {
  return process.platform === 'linux' ? linuxMark(pid) : psMark(pid);
}

/** True while `pid` is the very process that `mark` was taken of. */
export function isSameProcess(pid: number, mark: string): boolean {
  return processMark(pid) === mark;
}

/** True when `pid` runs and was given all these arguments. */
export function hasArguments(pid: number, wanted: readonly string[]): boolean {
  if (processMark(pid) === null) return false;
  const given = process.platform === 'linux' ? linuxArguments(pid) : psArguments(pid);
  return wanted.every((argument) => given.includes(argument));
}

/** The pid of a running process that was given all these arguments, this process excepted. */
export function findByArguments(wanted: readonly string[]): number | null {
  const pids = process.platform === 'linux' ? readdirSync('/proc') : psPids();
  const numbers = pids.filter((name) => /^\d+$/.test(name)).map(Number);
  return numbers.find((pid) => pid !== process.pid && hasArguments(pid, wanted)) ?? null;
}

function linuxArguments(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}

/** One string, as `ps` does not say where an argument ends. */
function psArguments(pid: number): string {
  return ps(['-ww', '-o', 'args=', '-p', String(pid)]);
}

function psPids(): string[] {
  return ps(['-A', '-o', 'pid=']).split(/\s+/);
}

function linuxMark(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the command's name, may itself hold blanks and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X' || startTicks === undefined) return null;
    // Start ticks count from boot, so alone they would repeat after a restart of the machine.
    bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${bootId}:${startTicks}`;
  } catch {
    return null;
  }
}

function psMark(pid: number): string | null {
  const line = ps(['-o', 'stat=,lstart=', '-p', String(pid)]).trim();
  const [state, ...started] = line.split(/\s+/);
  if (!state || state.startsWith('Z')) return null;
  return started.join(' ');
}

function ps(args: readonly string[]): string {
  try {
    return execFileSync('ps', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: '/bin:/usr/bin', LC_ALL: 'C' },
    });
  } catch {
    return '';
  }
}
