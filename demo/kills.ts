/** Kills of the engine's processes at random moments of a seed; `handback up` starts them again. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { seeded } from './random.ts';

export const VICTIMS = ['api', 'worker', 'PostgreSQL', 'Temporal'] as const;
export type Victim = (typeof VICTIMS)[number];

export interface Kills {
  /** So many have been killed. */
  count(): number;
  run(): Promise<void>;
}

export interface KillSpec {
  readonly seed: number;
  /** Of `handback up`. */
  readonly pid: number;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

const KILLS = 6;
const FIRST_MS = 1500;
const SPREAD_MS = 9000;

export function planKills({ seed, pid, say, signal }: KillSpec): Kills {
  const random = seeded(seed);
  let done = 0;
  return {
    count: () => done,
    async run() {
      for (let turn = 0; turn < KILLS && !signal.aborted; turn += 1) {
        await sleep(FIRST_MS + random() * SPREAD_MS, undefined, { signal });
        const victim = VICTIMS[Math.floor(random() * VICTIMS.length)] ?? 'worker';
        const found = (await childrenOf(pid)).find(({ args }) => isVictim(victim, args));
        if (found === undefined) {
          say(`kill -9: the ${victim} is down already`);
          continue;
        }
        process.kill(found.pid, 'SIGKILL');
        done += 1;
        say(`kill -9: ${victim} (process ${found.pid})`);
      }
    },
  };
}

/** @param args The whole command line. */
export function isVictim(victim: Victim, args: string): boolean {
  switch (victim) {
    case 'api':
    case 'worker':
      return args.includes(`main.ts ${victim}`);
    case 'PostgreSQL':
      return /(^|\/)postgres /u.test(args);
    case 'Temporal':
      return /temporal\S* server /u.test(args);
  }
}

interface Process {
  readonly pid: number;
  readonly args: string;
}

/** The processes that `handback up` started itself, by the system's own list. */
async function childrenOf(parent: number): Promise<readonly Process[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args='], {
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, ppid, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/u.exec(line) ?? [];
    return Number(ppid) === parent ? [{ pid: Number(pid), args: args ?? '' }] : [];
  });
}
