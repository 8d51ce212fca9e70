/** A pack as a zip archive, written while its files are made. */
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { PackEntry } from './build.ts';

/** Since 1980, as zip archives count; the same pack gives the same archive. */
const MTIME = new Date(Date.UTC(1980, 0, 1));
const MODE = 0o100_644;

/** The archive's bytes. An error while a file is made ends the stream with that error. */
export function zipStream(entries: AsyncIterable<PackEntry>): Readable {
  const zip = new ZipFile();
  const out = Readable.from(zip.outputStream);
  const fail = (error: unknown): void => {
    out.destroy(error instanceof Error ? error : new Error(String(error)));
  };
  zip.on('error', fail);
  void addAll(zip, entries).catch(fail);
  return out;
}

async function addAll(zip: ZipFile, entries: AsyncIterable<PackEntry>): Promise<void> {
  for await (const [name, bytes] of entries)
    zip.addBuffer(Buffer.from(bytes), name, { mtime: MTIME, mode: MODE, forceDosTimestamp: true });
  zip.end();
}

/** The whole archive in memory. */
export async function zipBytes(entries: AsyncIterable<PackEntry>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of zipStream(entries)) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
