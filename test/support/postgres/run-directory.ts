/** Throw-away data directories for PostgreSQL, swept also after runs that were killed. */
import { mkdirSync, mkdtempSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { deleteEmbeddedPostgres } from '../../../src/store/embedded/postgres.ts';
import { EmbeddedServerError } from '../../../src/store/embedded/supervision/errors.ts';
import { quiet } from './quiet.ts';

const PARENT = join(tmpdir(), `handback-test-${userInfo().uid}`);
/** A younger directory may belong to somebody who is just about to lock it. */
const ABANDONED_AFTER_MS = 60_000;

/** A new, empty data directory. */
export function newRunDirectory(): string {
  mkdirSync(PARENT, { recursive: true, mode: 0o700 });
  return mkdtempSync(join(PARENT, 'run-'));
}

/** Stops and deletes what lies in a data directory, and the directory. */
export async function removeRunDirectory(directory: string): Promise<void> {
  await deleteEmbeddedPostgres({ dataDir: directory, log: quiet });
  await rm(directory, { recursive: true, force: true });
}

/** Removes the directories (and servers) of runs that were killed; those in use stay. */
export async function sweepAbandonedRuns(): Promise<void> {
  mkdirSync(PARENT, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(PARENT)) {
    const directory = join(PARENT, name);
    const age = Date.now() - (statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? Infinity);
    if (age < ABANDONED_AFTER_MS) continue;
    try {
      await removeRunDirectory(directory);
    } catch (error) {
      if (error instanceof EmbeddedServerError && error.code === 'owned') continue;
      throw error;
    }
  }
}
