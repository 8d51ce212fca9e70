/** Where the bootstrap keeps what it fetched: one directory per user, shared by every clone. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @returns {string} absolute path; it may not exist yet
 */
export function cacheDir(env = process.env, platform = process.platform) {
  if (env.HANDBACK_CACHE) return resolve(env.HANDBACK_CACHE);
  const home = homeDir(env);
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'handback');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'handback');
  // The XDG specification says that a relative path is to be ignored.
  if (env.XDG_CACHE_HOME?.startsWith('/')) return join(env.XDG_CACHE_HOME, 'handback');
  return join(home, '.cache', 'handback');
}

function homeDir(env) {
  return env.HOME || env.USERPROFILE || homedir();
}
