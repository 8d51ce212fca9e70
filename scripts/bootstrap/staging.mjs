/**
 * Atomic installs into the cache: an item is built in a temporary directory beside its destination and
 * renamed into place when whole. What an interrupted bootstrap left is removed by the next one.
 */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withLock } from './lock.mjs';

/**
 * @typedef {object} Item
 * @property {string} cache the cache directory
 * @property {string} name the item's name, part of its lock and temporary directory
 * @property {string} purpose for the line that says we wait for another bootstrap
 * @property {string} destination the file or directory that appears in the end
 * @property {() => boolean} isThere whether the destination is there and good
 */

/**
 * Makes the item appear, once, whichever process gets there first.
 * @param {Item} item
 * @param {(dir: string) => Promise<string>} build fills the temporary directory and returns the path in
 *   it that is to become the destination
 */
export async function installOnce(item, build) {
  if (item.isThere()) return;
  await withLock(join(item.cache, 'locks', `${item.name}.lock`), item.purpose, async () => {
    if (item.isThere()) return;
    const staging = join(item.cache, 'tmp');
    removeLeftovers(staging, item.name);
    mkdirSync(staging, { recursive: true });
    const dir = mkdtempSync(join(staging, `${item.name}-`));
    try {
      const built = await build(dir);
      mkdirSync(dirname(item.destination), { recursive: true });
      rmSync(item.destination, { recursive: true, force: true });
      renameSync(built, item.destination);
    } finally {
      rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
    }
  });
}

/** Under the item's lock nobody else builds it, so every directory of that name is a leftover. */
function removeLeftovers(staging, name) {
  for (const entry of safeList(staging)) {
    if (!entry.startsWith(`${name}-`)) continue;
    rmSync(join(staging, entry), { recursive: true, force: true, maxRetries: 3 });
  }
}

function safeList(dir) {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
