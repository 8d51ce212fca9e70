/** Streams of a long import are read over a connection of their own: the transaction's is busy writing. */
import type { Database } from '../database.ts';
import type { KnownStream } from '../known-streams.ts';
import { readAside } from '../streams.ts';

export type ReadBeside = (streams: readonly string[]) => Promise<ReadonlyMap<string, KnownStream>>;

/**
 * Whoever locks a stream afterwards takes what was read only where nothing was added since, so that what could not be read, or
 * is not read any more, costs time alone.
 *
 * @param beside `null`: nothing is read beside
 */
export function readingBeside(beside: Database | null): ReadBeside {
  let reader = beside;
  return async (streams) => {
    if (reader === null) return new Map();
    try {
      return await readAside(reader, streams);
    } catch {
      // No connection was free in time: they may all belong to imports that wait for one, as this did.
      reader = null;
      return new Map();
    }
  };
}
