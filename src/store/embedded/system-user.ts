/** For an engine that runs as root: the user and the directory that its PostgreSQL gets. */
import { chmodSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { EmbeddedServerError } from './supervision/errors.ts';

/** A user to run a server as. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

const USERS = ['postgres', '_postgres', 'nobody'];
const DIRECTORIES = ['/var/lib/handback', '/var/tmp/handback'];

/** True when this process is root, as whom PostgreSQL refuses to run. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The system's own user for PostgreSQL, else the one without rights.
 *
 * @throws EmbeddedServerError `no-system-user`.
 */
export function systemUser(): RunAs {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const user of USERS) {
    const fields = lines.find((line) => line.startsWith(`${user}:`))?.split(':');
    if (!fields) continue;
    // Some systems write nobody's ids as -2.
    const [uid, gid] = [Number(fields[2]) >>> 0, Number(fields[3]) >>> 0];
    if (uid !== 0) return { uid, gid };
  }
  throw new EmbeddedServerError(
    'postgres',
    'no-system-user',
    `PostgreSQL does not run as root, and /etc/passwd has none of ${USERS.join(', ')}`,
  );
}

/**
 * A directory of root's that every user may enter and only root may change.
 *
 * @throws EmbeddedServerError `no-staging-directory`.
 */
export function systemDirectory(candidates: readonly string[] = DIRECTORIES): string {
  const reasons: string[] = [];
  for (const directory of candidates) {
    try {
      const created = mkdirSync(directory, { recursive: true, mode: 0o755 }) !== undefined;
      if (created) chmodSync(directory, 0o755);
      // In a world-writable parent somebody else may have been first, to slip in own programs.
      const stat = lstatSync(directory);
      if (!stat.isDirectory()) throw new Error('is not a directory');
      if (stat.uid !== 0) throw new Error(`belongs to user ${stat.uid}`);
      if ((stat.mode & 0o022) !== 0) throw new Error('can be written by others');
      if ((stat.mode & 0o055) !== 0o055) throw new Error('cannot be entered by others');
      return directory;
    } catch (error) {
      reasons.push(`${directory}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new EmbeddedServerError('postgres', 'no-staging-directory', reasons.join('; '));
}
