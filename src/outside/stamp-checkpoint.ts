/** Has a checkpoint stamped. What cannot be stamped now waits: nothing else waits for it. */
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import type { Database } from '../store/database.ts';
import { keepStamp, recordUnstamped, stampOf } from '../store/stamps.ts';
import type { StampAuthority } from './timestamp-authority.ts';

/** @returns `null` when it has its timestamp; otherwise a code or the name of an error that says why not. */
export async function stampCheckpoint(
  db: Database,
  authority: StampAuthority,
  { id, note }: Pick<StoredCheckpoint, 'id' | 'note'>,
  now: Date,
): Promise<string | null> {
  if ((await stampOf(db, id)) !== null) return null;
  try {
    const { response, at } = await authority.stamp(Buffer.from(note, 'utf8'));
    await keepStamp(db, {
      checkpoint_id: id,
      authority: authority.name,
      response,
      stamped_at: at.toISOString(),
    });
    return null;
  } catch (error) {
    const failure = nameOfError(error);
    await recordUnstamped(db, authority.name, failure, now);
    return failure;
  }
}

/** Texts of errors may quote what a place outside said. */
export function nameOfError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
