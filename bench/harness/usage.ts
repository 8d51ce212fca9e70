/** What a process costs: memory now, and processor time so far. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** Resident memory in MiB; `null` where the system does not tell. */
export function residentMiB(pid: number): number | null {
  const kilobytes =
    process.platform === 'linux' ? /^VmRSS:\s+(\d+) kB/mu.exec(statusOf(pid))?.[1] : undefined;
  if (kilobytes !== undefined) return Number(kilobytes) / 1024;
  try {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim()) / 1024;
  } catch {
    return null;
  }
}

/** The most memory that was resident at any time, MiB. Linux only; elsewhere `null`. */
export function peakMiB(pid: number): number | null {
  const kilobytes = /^VmHWM:\s+(\d+) kB/mu.exec(statusOf(pid))?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) / 1024;
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Processor time in milliseconds of a process so far. Linux only; elsewhere `null`.
 *
 * @param withChildren PostgreSQL works in a process per connection: theirs too, those that have ended included.
 */
export function processorMs(pid: number, withChildren: boolean): number | null {
  const own = ticks(pid);
  if (own === null) return null;
  if (!withChildren) return (own.live * 1000) / TICKS_PER_SECOND;
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .map((name) => ticks(Number(name)))
    .filter((one) => one !== null && one.parent === pid);
  const total = children.reduce((sum, one) => sum + (one?.live ?? 0), own.live + own.reaped);
  return (total * 1000) / TICKS_PER_SECOND;
}

function ticks(
  pid: number,
): { readonly parent: number; readonly live: number; readonly reaped: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold spaces.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0, user = 0, system = 0, reapedUser = 0, reapedSystem = 0] = [1, 11, 12, 13, 14].map(
      (at) => fields[at],
    );
    return { parent, live: user + system, reaped: reapedUser + reapedSystem };
  } catch {
    return null;
  }
}
