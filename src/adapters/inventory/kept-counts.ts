/** Counts out of one walk, kept for as long as a listing takes: it would ask for each record otherwise. */
import type { CallOptions } from '../read-options.ts';

/** How long counts are taken for true, milliseconds. From the end of the walk: at a vendor's rate it may itself take longer. */
const FRESH_MS = 10 * 60_000;

export interface KeptCounts<T> {
  /**
   * The counts of a walk that is fresh. A listing that begins has one of its own; whoever goes on while one is under way is
   * given that one's.
   */
  at(cursor: string | null, options?: CallOptions): Promise<T>;
}

export function keepCounts<T>(walk: (options?: CallOptions) => Promise<T>, clock: () => Date): KeptCounts<T> {
  let known: { readonly counts: T; readonly until: number } | null = null;
  let underway: Promise<T> | null = null;

  async function walked(options?: CallOptions): Promise<T> {
    const counts = await walk(options);
    known = { counts, until: clock().getTime() + FRESH_MS };
    return counts;
  }

  return {
    async at(cursor, options) {
      const isFresh = known !== null && clock().getTime() < known.until;
      if (cursor !== null && known !== null && isFresh) return known.counts;
      underway ??= walked(options).finally(() => {
        underway = null;
      });
      return underway;
    },
  };
}
