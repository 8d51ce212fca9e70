import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve, sep } from 'node:path';

/** The environment variables that say where a Temporal CLI may be. */
export interface TemporalCliEnv {
  /** The path that set-up found or installed. */
  readonly HANDBACK_TEMPORAL_CLI?: string | undefined;
  readonly PATH?: string | undefined;
  /** Set-up's cache, where it is not the default one. */
  readonly HANDBACK_CACHE?: string | undefined;
  readonly XDG_CACHE_HOME?: string | undefined;
  readonly HOME?: string | undefined;
}

/**
 * The path of a `temporal` program: the one named (a path, or a name to look for on the PATH), else
 * `temporal` on the PATH, else the one that set-up put into the user's cache; null when there is
 * none. A named one that cannot be run is not replaced by another.
 */
export function findTemporalCli(env: TemporalCliEnv): string | null {
  const named = env.HANDBACK_TEMPORAL_CLI;
  if (!named) return onPath('temporal', env) ?? existing(join(cacheDirectory(env), 'bin', 'temporal'));
  return named.includes(sep) ? existing(resolve(named)) : onPath(named, env);
}

function onPath(name: string, env: TemporalCliEnv): string | null {
  const directories = (env.PATH ?? '').split(delimiter).filter(isAbsolute);
  return directories.map((directory) => join(directory, name)).find(isProgram) ?? null;
}

function existing(path: string): string | null {
  return isProgram(path) ? path : null;
}

/** The same place as in scripts/bootstrap/cache-dir.mjs, which runs before our sources can. */
function cacheDirectory(env: TemporalCliEnv): string {
  if (env.HANDBACK_CACHE) return resolve(env.HANDBACK_CACHE);
  const home = env.HOME || homedir();
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches', 'handback');
  if (env.XDG_CACHE_HOME?.startsWith('/')) return join(env.XDG_CACHE_HOME, 'handback');
  return join(home, '.cache', 'handback');
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
