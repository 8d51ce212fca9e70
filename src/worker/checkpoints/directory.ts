import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LATEST, nameOf } from './target.ts';
import type { CheckpointTarget } from './target.ts';

/** Files in a directory: one for each checkpoint, never written again, and the latest. */
export function directoryTarget(path: string): CheckpointTarget {
  return {
    name: `directory:${path}`,
    async put(checkpoint) {
      await mkdir(join(path, 'checkpoints'), { recursive: true });
      await writeFile(join(path, nameOf(checkpoint)), checkpoint.note, { flag: 'wx', flush: true }).catch(
        unlessThere,
      );
      // A reader sees the one before or this one, never half of it.
      const half = join(path, `${LATEST}.${process.pid}.tmp`);
      await writeFile(half, checkpoint.note, { flush: true });
      await rename(half, join(path, LATEST));
    },
    async latest() {
      try {
        return await readFile(join(path, LATEST), 'utf8');
      } catch (error) {
        if (isCode(error, 'ENOENT')) return null;
        throw error;
      }
    },
  };
}

function unlessThere(error: unknown): void {
  if (!isCode(error, 'EEXIST')) throw error;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
