/** Takes a pack apart for tools that know nothing of archives, as `unzip` would. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fromBufferPromise } from 'yauzl';

/** @throws Error for an archive that is broken, or names a file outside of it. */
export async function unpack(archive: string, directory: string): Promise<void> {
  const zip = await fromBufferPromise(await readFile(archive), {
    lazyEntries: true,
    validateEntrySizes: true,
    strictFileNames: true,
  });
  for await (const entry of zip.eachEntry()) {
    const path = join(directory, entry.fileName);
    if (relative(directory, path).startsWith('..'))
      throw new Error(`${entry.fileName} leads out of the pack`);
    if (entry.fileName.endsWith('/')) continue;
    const parts: Buffer[] = [];
    for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part as Buffer);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, Buffer.concat(parts));
  }
}
