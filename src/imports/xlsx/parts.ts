/** The parts of a workbook, which is a zip: opened one at a time, and none that unpacks to more than is taken. */
import type { Readable } from 'node:stream';
import yauzl from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import type { ImportLimits } from '../file/limits.ts';
import { FileRefused } from '../file/refused.ts';

export interface Parts {
  has(name: string): boolean;
  /** @throws FileRefused when there is no such part. */
  open(name: string): Promise<Readable>;
  close(): void;
}

/** A part smaller than this may be packed as tightly as it likes. */
const FREE_BYTES = 1_048_576;

/** @throws FileRefused `not-xlsx` or `zip-bomb`; nothing is unpacked before all parts are looked at. */
export async function openParts(file: string, limits: ImportLimits): Promise<Parts> {
  const zip = await yauzl
    // Sizes are checked again while a part is unpacked: what the directory says may be wrong on purpose.
    .openPromise(file, { lazyEntries: true, autoClose: false, validateEntrySizes: true, decodeStrings: true })
    .catch((error: unknown) => {
      throw new FileRefused('not-xlsx', null, { cause: error });
    });
  try {
    const entries = await entriesOf(zip, limits);
    return {
      has: (name) => entries.has(name),
      async open(name) {
        const entry = entries.get(name);
        if (entry === undefined || entry.isEncrypted()) throw new FileRefused('not-xlsx');
        return zip.openReadStreamPromise(entry);
      },
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error instanceof FileRefused ? error : new FileRefused('not-xlsx', null, { cause: error });
  }
}

async function entriesOf(
  zip: ZipFile,
  { zipEntries, inflatedBytes, zipRatio }: ImportLimits,
): Promise<ReadonlyMap<string, Entry>> {
  if (zip.entryCount > zipEntries) throw new FileRefused('zip-bomb');
  const entries = new Map<string, Entry>();
  let inflated = 0;
  for await (const entry of zip.eachEntry()) {
    inflated += entry.uncompressedSize;
    const ratio = entry.uncompressedSize / Math.max(1, entry.compressedSize);
    if (inflated > inflatedBytes || (entry.uncompressedSize > FREE_BYTES && ratio > zipRatio))
      throw new FileRefused('zip-bomb');
    // Two parts of one name can be read in two ways.
    if (entries.has(entry.fileName)) throw new FileRefused('not-xlsx');
    entries.set(entry.fileName, entry);
  }
  return entries;
}
