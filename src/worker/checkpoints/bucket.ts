import type { BucketConfig } from '../../config/bucket-schema.ts';
import { bucketClient } from '../../outside/bucket-client.ts';
import { LATEST, nameOf } from './target.ts';
import type { CheckpointTarget } from './target.ts';

/** An S3-compatible bucket: one object for each checkpoint, and the latest. Only the loop that publishes tries again. */
export function bucketTarget(settings: BucketConfig): CheckpointTarget {
  const { name, put, get } = bucketClient(settings);
  return {
    name,
    async put(checkpoint) {
      await put(nameOf(checkpoint), checkpoint.note, 'text/plain');
      await put(LATEST, checkpoint.note, 'text/plain');
    },
    async latest() {
      const note = await get(LATEST);
      return note === null ? null : Buffer.from(note).toString('utf8');
    },
  };
}
