/** A file that is downloaded. */
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { CliError, reasonOf } from './errors.ts';

/** Under its name only once it is whole. @returns How many bytes. @throws CliError */
export async function saved(file: string, content: ReadableStream<Uint8Array>): Promise<number> {
  const part = `${file}.part`;
  try {
    await pipeline(content, createWriteStream(part, { mode: 0o600 }));
    const { size } = await stat(part);
    await rename(part, file);
    return size;
  } catch (error) {
    await rm(part, { force: true });
    throw new CliError(`${file} was not written: it broke off (${reasonOf(error)})`, { cause: error });
  }
}
