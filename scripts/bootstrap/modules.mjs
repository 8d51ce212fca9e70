/** The project's npm dependencies: installed when node_modules is missing or does not fit the lockfile. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tail, withPath } from './child.mjs';
import { withLock } from './lock.mjs';
import { npm, registryAdvice } from './npm.mjs';
import { BootstrapError, say } from './say.mjs';

const LIMIT_MS = 20 * 60_000;

/**
 * @param {{ root: string, cache: string, node: string }} where `root` is the checkout, `node` the Node
 *   that the install scripts are to run with
 * @param {{ dev: boolean }} needs false accepts an installation without development dependencies
 */
export async function ensureModules({ root, cache, node }, { dev }) {
  if (isFresh(root, dev)) return;
  const lock = join(cache, 'locks', `modules-${digest(root).slice(0, 16)}.lock`);
  await withLock(lock, 'the npm packages', async () => {
    if (isFresh(root, dev)) return;
    say('installing the npm packages of the lockfile with `npm ci` (20 s to 2 min)');
    // NODE_ENV=production in the caller's shell must not cost us the linter and the tests.
    const args = ['ci', '--prefix', root, '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
    const env = withPath(process.env, dirname(node));
    const result = await npm(node, args, {
      cwd: root,
      env,
      limitMs: LIMIT_MS,
      doing: 'installing npm packages',
    });
    if (!result.ok) {
      throw new BootstrapError(
        `The npm packages could not be installed: npm ${result.problem}.\n${tail(result.output)}`,
        [
          ...registryAdvice,
          'If package.json was changed by hand, run `npm install` to bring the lockfile up to date.',
        ],
      );
    }
    writeStamp(root);
  });
}

/**
 * Whether node_modules fits the lockfile. A stamp says which lockfile, and for which platform, it was
 * installed from.
 * @param {string} root
 * @param {boolean} dev whether development dependencies must be there
 */
export function isFresh(root, dev) {
  const wanted = stampText(root);
  const found = readText(join(root, 'node_modules', '.handback-stamp'));
  if (found === wanted) return true;
  if (found !== undefined && found.split(' ')[1] !== wanted.split(' ')[1]) return false;
  // `npm install` or `npm ci` run by hand is as good as ours.
  if (!fitsLockfile(root, dev)) return false;
  if (dev) writeStamp(root);
  return true;
}

function stampText(root) {
  const lockfile = readText(join(root, 'package-lock.json'));
  if (lockfile === undefined)
    throw new BootstrapError(`${join(root, 'package-lock.json')} is missing.`, ['Is the checkout whole?']);
  return `${digest(lockfile)} ${process.platform}-${process.arch}\n`;
}

function writeStamp(root) {
  try {
    writeFileSync(join(root, 'node_modules', '.handback-stamp'), stampText(root));
  } catch {
    // A read-only installation (a container image) is checked by its content each time.
  }
}

/**
 * Compares the lockfile with npm's own record of what it put into node_modules, which npm writes last.
 * Optional packages of other platforms are rightly absent.
 */
function fitsLockfile(root, dev) {
  try {
    const wanted = packages(join(root, 'package-lock.json'));
    const found = packages(join(root, 'node_modules', '.package-lock.json'));
    for (const [path, { version }] of Object.entries(found)) {
      if (wanted[path]?.version !== version) return false;
    }
    return Object.entries(wanted).every(([path, { dev: isDev, devOptional, optional }]) => {
      if (path === '' || path in found || optional || devOptional) return true;
      return isDev === true && !dev;
    });
  } catch {
    return false;
  }
}

function packages(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function digest(text) {
  return createHash('sha256').update(text).digest('hex');
}
