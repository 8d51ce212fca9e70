/** A file that is sent, put aside on the disk: it is read more than once, and is too large for memory. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Problem } from '../problem.ts';

export interface Spooled {
  readonly path: string;
  /** SHA-256, hex. */
  readonly digest: string;
  readonly bytes: number;
}

/** Puts it aside for as long as `use` takes. @throws Problem `payload-too-large` */
export async function spooled<T>(
  content: Readable,
  mostBytes: number,
  use: (file: Spooled) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'handback-import-'));
  const path = join(directory, 'file');
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    await pipeline(
      content,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          bytes += chunk.length;
          if (bytes > mostBytes) throw new Problem('payload-too-large');
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(path, { mode: 0o600 }),
    );
    return await use({ path, digest: hash.digest('hex'), bytes });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
