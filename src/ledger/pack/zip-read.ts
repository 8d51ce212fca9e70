/** A pack out of a zip archive. Nothing is written anywhere: names are checked all the same, since others unpack it. */
import { crc32 } from 'node:zlib';
import { fromBufferPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import type { PackFiles } from './layout.ts';
import { Budget, LIMITS } from './limits.ts';
import type { Limits } from './limits.ts';
import { PackError } from './pack-error.ts';
import { safeName } from './safe-name.ts';

const SYMBOLIC_LINK = 0o120000;
const FILE_TYPE = 0o170000;

/**
 * @throws PackError `archive` for what is no zip or a broken one, names that lead elsewhere or come twice, links, encryption,
 *   and more than the limits allow (sizes are held to while unpacking, not only as the archive tells them).
 */
export async function readZip(archive: Uint8Array, limits: Limits = LIMITS): Promise<PackFiles> {
  const buffer = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  try {
    const zip = await fromBufferPromise(buffer, {
      lazyEntries: true,
      validateEntrySizes: true,
      strictFileNames: true,
    });
    return await readEntries(zip, new Budget(limits));
  } catch (cause) {
    if (cause instanceof PackError) throw cause;
    throw new PackError('archive', 'the zip archive is broken', { cause });
  }
}

async function readEntries(zip: ZipFile, budget: Budget): Promise<PackFiles> {
  const files = new Map<string, Uint8Array>();
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/') && entry.uncompressedSize === 0) continue;
    const name = safeName(entry.fileName);
    if (files.has(name)) throw new PackError('archive', 'the archive holds two files of the same name');
    if (entry.isEncrypted()) throw new PackError('archive', 'the archive is encrypted');
    if (((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMBOLIC_LINK)
      throw new PackError('archive', 'the archive holds a link');
    budget.spend(entry.uncompressedSize);
    files.set(name, await contentOf(zip, entry));
  }
  return files;
}

async function contentOf(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  // Ends with an error as soon as there is more than the entry says.
  for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part as Buffer);
  const content = Buffer.concat(parts);
  if (crc32(content) !== entry.crc32)
    throw new PackError('archive', 'a file of the archive does not fit its checksum');
  return content;
}
