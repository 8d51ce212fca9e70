/** The processes that an `up` started, on disk, so that the next one finds those that outlived a kill -9 of the first. */
import { join } from 'node:path';
import { z } from 'zod';
import { isSameProcess, processMark } from '../../../store/embedded/supervision/process-table.ts';
import { readJsonState, writeStateFile } from '../../../store/embedded/supervision/state-file.ts';
import { adoptSupervised, exitedWithin } from '../../../store/embedded/supervision/supervised-process.ts';

const Remembered = z.array(z.object({ name: z.string(), pid: z.int(), mark: z.string() }));

/** They drain by themselves once their `up` is gone; this much longer than they give themselves. */
const DRAIN_MS = 15_000;
const KILL_MS = 5_000;

/** Adds a process that was just spawned. */
export function remember(dataDir: string, name: string, pid: number): void {
  const mark = processMark(pid);
  if (mark === null) return;
  const others = (readJsonState(file(dataDir), Remembered) ?? []).filter((one) =>
    isSameProcess(one.pid, one.mark),
  );
  writeStateFile(file(dataDir), JSON.stringify([...others, { name, pid, mark }]));
}

/** Waits until no process of an earlier `up` runs; tells them to stop, and kills who does not. */
export async function endRemembered(dataDir: string, say: (line: string) => void): Promise<void> {
  const left = (readJsonState(file(dataDir), Remembered) ?? []).filter((one) =>
    isSameProcess(one.pid, one.mark),
  );
  await Promise.all(
    left.map(async ({ name, pid, mark }) => {
      say(`stopping a ${name} that an earlier start left behind (process ${pid})`);
      const found = adoptSupervised(pid, mark);
      found.signal('SIGTERM');
      if (await exitedWithin(found, DRAIN_MS)) return;
      found.signal('SIGKILL');
      await exitedWithin(found, KILL_MS);
    }),
  );
  writeStateFile(file(dataDir), '[]');
}

function file(dataDir: string): string {
  return join(dataDir, 'processes.json');
}
