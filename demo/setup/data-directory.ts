import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

export interface DataDirectory {
  readonly path: string;
  /** Leaves it where it is, also for later demos. */
  keep(): void;
  remove(): void;
}

const SLOTS = 20;

/**
 * Takes a directory of the demo's own under the system's temporary one. The names are few and come again: what an
 * installation keeps elsewhere under the name of its directory (as root, PostgreSQL's cluster) is then replaced, not piled up.
 */
export function takeDataDirectory(): DataDirectory {
  for (let slot = 1; slot <= SLOTS; slot += 1) {
    const path = join(tmpdir(), `handback-demo-${slot}`);
    if (!isTaken(path)) return claim(path);
  }
  throw new Error(
    `there are ${SLOTS} directories of demos in ${tmpdir()} already: remove those named handback-demo-…`,
  );
}

function claim(path: string): DataDirectory {
  mkdirSync(path, { mode: 0o700 });
  writeFileSync(ownerFile(path), String(process.pid));
  return {
    path,
    keep: () => writeFileSync(ownerFile(path), 'kept'),
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Makes way for itself where the demo that left something behind is gone. */
function isTaken(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  const { uid } = userInfo();
  if (!found.isDirectory() || (uid >= 0 && found.uid !== uid)) return true;
  const owner = readOwner(path);
  if (owner === 'kept' || isAlive(Number(owner))) return true;
  rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  return false;
}

function readOwner(path: string): string {
  try {
    return readFileSync(ownerFile(path), 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function ownerFile(path: string): string {
  return join(path, 'demo.pid');
}
