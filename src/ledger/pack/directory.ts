/** A pack as a directory. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { PackFiles } from './layout.ts';
import { Budget, LIMITS } from './limits.ts';
import type { Limits } from './limits.ts';
import { PackError } from './pack-error.ts';
import { safeName } from './safe-name.ts';
import { readZip } from './zip-read.ts';

/**
 * Reads a pack, zip or directory.
 *
 * @throws PackError `archive`; the system's error when there is no such file.
 */
export async function readPack(path: string, limits: Limits = LIMITS): Promise<PackFiles> {
  const found = await stat(path);
  if (found.isDirectory()) return readDirectory(path, limits);
  if (found.size > limits.bytes) throw new PackError('archive', 'the archive is larger than a pack may be');
  return readZip(await readFile(path), limits);
}

async function readDirectory(root: string, limits: Limits): Promise<PackFiles> {
  const budget = new Budget(limits);
  const files = new Map<string, Uint8Array>();
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  for (const entry of found) {
    if (entry.isDirectory()) continue;
    if (!entry.isFile()) throw new PackError('archive', 'the directory holds a link or a special file');
    const path = join(entry.parentPath, entry.name);
    const name = safeName(relative(root, path).split(sep).join('/'));
    budget.spend((await stat(path)).size);
    files.set(name, await readFile(path));
  }
  return files;
}

/** Writes a pack into a directory that must be new or empty. @throws PackError `archive` when it is not. */
export async function writeDirectory(root: string, files: PackFiles): Promise<void> {
  await mkdir(root, { recursive: true });
  if ((await readdir(root)).length > 0)
    throw new PackError('archive', 'the directory is not empty: a pack must not be mixed with other files');
  for (const [name, bytes] of files) {
    const path = join(root, safeName(name));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes, { flag: 'wx' });
  }
}
