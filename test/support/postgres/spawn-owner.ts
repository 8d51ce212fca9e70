import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const PROGRAM = fileURLToPath(new URL('owner-process.ts', import.meta.url));
const readySchema = z.object({ pid: z.number(), at: z.string() });

/** A process that owns an embedded server. */
export interface OwnerProcess {
  readonly pid: number;
  /** Of the server. */
  readonly serverPid: number;
  /** The server's URL or address. */
  readonly at: string;
  /** Sends the signal and waits for the owner's end. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

const owners = new Set<OwnerProcess>();

/** Kills the owners that a failed test left; their servers stay, as after any kill -9. */
export async function killOwners(): Promise<void> {
  for (const owner of owners) await owner.kill('SIGKILL');
  owners.clear();
}

/** Starts `owner-process.ts` and waits until its server is ready. */
export async function spawnOwner(...args: readonly string[]): Promise<OwnerProcess> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([once(lines, 'line'), ended.then(() => null)]);
  if (!line || child.pid === undefined) throw new Error('the owner ended before its server was ready');
  const ready = readySchema.parse(JSON.parse(String(line[0])));
  const owner: OwnerProcess = {
    pid: child.pid,
    serverPid: ready.pid,
    at: ready.at,
    kill: async (signal) => {
      child.kill(signal);
      await ended;
    },
  };
  owners.add(owner);
  return owner;
}
