/** Parts of the worker say that they are there: so often that silence is noticed, and no oftener. */
import { beat, BEAT_EVERY_MS } from '../store/audits/installation.ts';
import type { Database } from '../store/database.ts';

/** @returns Says that a part is there, unless it said so a moment ago. */
export function heartbeats(db: Database, clock: () => Date): (part: 'worker' | 'sequencer') => Promise<void> {
  const last = new Map<string, number>();
  return async (part) => {
    const now = clock();
    if (now.getTime() - (last.get(part) ?? 0) < BEAT_EVERY_MS / 2) return;
    await beat(db, part, now);
    last.set(part, now.getTime());
  };
}
