/** A place outside, where checkpoints are kept out of reach of whoever has the database. */
import { createHash } from 'node:crypto';

export interface PublishedCheckpoint {
  readonly size: number;
  /** The signed note. */
  readonly note: string;
}

export interface CheckpointTarget {
  /** Stands in the database and in logs: no secrets. */
  readonly name: string;
  /** Keeps one for ever, and as the latest. May be asked for the same one again. */
  readonly put: (checkpoint: PublishedCheckpoint) => Promise<void>;
  /** The latest one there; `null` when there is none. Absent where the place cannot be read. */
  readonly latest?: () => Promise<string | null>;
}

/** The latest one's name, as C2SP tlog-tiles has it. */
export const LATEST = 'checkpoint';

/** A name that no other checkpoint has: sizes sort, and one size may be signed again by another key. */
export function nameOf({ size, note }: PublishedCheckpoint): string {
  const digest = createHash('sha256').update(note).digest('hex').slice(0, 16);
  return `checkpoints/${String(size).padStart(16, '0')}-${digest}`;
}
