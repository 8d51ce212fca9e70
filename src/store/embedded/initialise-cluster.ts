import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ClusterPlace } from './cluster-place.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { EmbeddedServerError } from './supervision/errors.ts';

const run = promisify(execFile);

/** The database user that owns everything. */
export const SUPERUSER = 'handback';

/** The environment of PostgreSQL's programs: nothing of ours is inherited. */
export const POSTGRES_ENV = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * Creates the cluster unless there is one. It appears whole or not at all: an interrupted attempt
 * is thrown away by the next.
 *
 * @throws EmbeddedServerError `init-failed`.
 */
export async function initialiseCluster(
  place: ClusterPlace,
  binaries: PostgresBinaries,
  password: string,
  sync: boolean,
): Promise<void> {
  if (existsSync(place.data)) return;
  await removeDrafts(place);
  const suffix = randomBytes(6).toString('hex');
  const draft = join(place.directory, `draft-${suffix}`);
  const passwordFile = join(place.directory, `draft-${suffix}.password`);
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (place.runAs) {
    chownSync(draft, place.runAs.uid, place.runAs.gid);
    chownSync(passwordFile, place.runAs.uid, place.runAs.gid);
  }
  try {
    await run(binaries.initdb, initdbArguments(draft, passwordFile, sync), {
      cwd: draft,
      env: POSTGRES_ENV,
      ...place.runAs,
    });
    await rename(draft, place.data);
  } catch (cause) {
    throw new EmbeddedServerError('postgres', 'init-failed', `initdb failed: ${String(cause)}`, {
      cause,
    });
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

function initdbArguments(directory: string, passwordFile: string, sync: boolean): string[] {
  return [
    `--pgdata=${directory}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // PostgreSQL's own locale: the same order of strings on every machine.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(sync ? [] : ['--no-sync']),
  ];
}

/** @throws EmbeddedServerError `version-mismatch` when another major version made the cluster. */
export function checkVersion(place: ClusterPlace, binaries: PostgresBinaries): void {
  const stored = readFileSync(join(place.data, 'PG_VERSION'), 'utf8').trim();
  const major = binaries.version.split('.')[0];
  if (stored === major) return;
  throw new EmbeddedServerError(
    'postgres',
    'version-mismatch',
    `${place.data} was written by PostgreSQL ${stored}; the installed one is ${major}. Dump it with the old version and load it into a new data directory`,
  );
}

async function removeDrafts(place: ClusterPlace): Promise<void> {
  for (const name of readdirSync(place.directory)) {
    if (!name.startsWith('draft-')) continue;
    await rm(join(place.directory, name), { recursive: true, force: true, maxRetries: 3 });
  }
}
