/**
 * Gets what Handback needs and this machine lacks, into the user's cache. It depends on nothing but
 * Node 20 and npm, because it runs before anything is installed.
 *
 * As a program, `node scripts/bootstrap.mjs` gets everything at once: handy before a flight, or in the
 * first step of a CI job.
 */
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cacheDir } from './bootstrap/cache-dir.mjs';
import { withPath } from './bootstrap/child.mjs';
import { ensureModules } from './bootstrap/modules.mjs';
import { ensureNode } from './bootstrap/node24.mjs';
import { BootstrapError, say } from './bootstrap/say.mjs';
import { ensureTemporalCli } from './bootstrap/temporal.mjs';
import { ensureTestServer } from './bootstrap/test-server.mjs';

/** The checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * @typedef {object} Needs
 * @property {boolean} [dev] development dependencies too (default true)
 * @property {'none' | 'server' | 'cli'} [temporal] `server`: any Temporal server, so that
 *   TEMPORAL_ADDRESS will do; `cli`: the executable, because the command starts servers of its own
 * @property {boolean} [testServer] the time-skipping test server, where it can be had
 *
 * @typedef {object} Ready
 * @property {string} node the Node executable to run
 * @property {NodeJS.ProcessEnv} env the environment for the command
 */

/**
 * Makes everything ready that a command needs, quickly and silently where it is there already.
 * @param {Needs} needs
 * @returns {Promise<Ready>}
 * @throws {BootstrapError} when something cannot be had, with what to do about it
 */
export async function bootstrap({ dev = true, temporal = 'none', testServer = false } = {}) {
  const cache = cacheDir();
  const node = await ensureNode(cache);
  await ensureModules({ root, cache, node }, { dev });
  const env = withPath(process.env, dirname(node));

  if (temporal === 'cli' || (temporal === 'server' && !process.env.TEMPORAL_ADDRESS)) {
    env.HANDBACK_TEMPORAL_CLI = await ensureTemporalCli({ cache, node });
  }
  if (testServer) {
    const server = await ensureTestServer({ cache, node });
    if ('path' in server) env.HANDBACK_TEST_SERVER = server.path;
    else env.HANDBACK_TEST_SERVER_MISSING = server.missing;
  }
  return { node, env };
}

/**
 * Runs a script's main function; an expected failure is shown as sentences, without a stack.
 * @param {() => Promise<number>} main returns the exit code
 */
export async function runMain(main) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // While the command runs it gets the signal and decides; before that there is nothing to save.
      if (process.listenerCount(signal) === 1) process.exit(signal === 'SIGINT' ? 130 : 143);
    });
  }
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof BootstrapError)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runMain(async () => {
    await bootstrap({ temporal: 'cli', testServer: true });
    say(`everything is there (cache: ${cacheDir()})`);
    return 0;
  });
}
