/** Where the servers are that were found or fetched before; looking fetches nothing. */
import { existsSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { cacheDir } from './cache-dir.mjs';

const windows = process.platform === 'win32';

/** The release of Temporal's Java SDK that the time-skipping test server belongs to. */
export const TEST_SERVER_VERSION = '1.38.0';
export const nativeTestServer = windows ? 'temporal-test-server.exe' : 'temporal-test-server';
export const scriptTestServer = windows ? 'start.cmd' : 'start';

/** @param {string} cache */
export function cachedTemporalCli(cache) {
  return join(cache, 'bin', windows ? 'temporal.exe' : 'temporal');
}

/** @param {string} cache */
export function testServerHome(cache) {
  return join(cache, `temporal-test-server-${TEST_SERVER_VERSION}`);
}

/**
 * The Temporal CLI, best first: HANDBACK_TEMPORAL_CLI alone where it is set, else the PATH, the cache.
 * @returns {string[]} absolute paths
 */
export function knownTemporalClis(env = process.env) {
  const named = env.HANDBACK_TEMPORAL_CLI;
  if (named) return [(/[\\/]/.test(named) ? undefined : onPath(named, env)) ?? resolve(named)];
  const found = [
    onPath(windows ? 'temporal.exe' : 'temporal', env),
    existing(cachedTemporalCli(cacheDir(env))),
  ];
  return found.filter((path) => path !== undefined);
}

/** The time-skipping test server: HANDBACK_TEST_SERVER, the cache. */
export function knownTestServer(env = process.env) {
  if (env.HANDBACK_TEST_SERVER) return env.HANDBACK_TEST_SERVER;
  const home = testServerHome(cacheDir(env));
  return existing(join(home, nativeTestServer)) ?? existing(join(home, scriptTestServer));
}

/** @param {string} name @returns {string | undefined} absolute path of the first such file on the PATH */
function onPath(name, env = process.env) {
  const dirs = (env.PATH ?? env.Path ?? '').split(delimiter).filter(Boolean);
  return dirs.map((dir) => join(dir, name)).find((path) => isFile(path));
}

function existing(path) {
  return existsSync(path) ? path : undefined;
}

function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
