import type { Database, Tx } from './database.ts';
import { heldBy } from './held-streams.ts';
import { knownStreams } from './known-streams.ts';

/** Runs a transaction. What it has read and appended of the streams it held is known from its commit on. */
export async function inTransaction<T>(db: Database, run: (tx: Tx) => Promise<T>): Promise<T> {
  let transaction: Tx | null = null;
  const result = await db.transaction().execute((tx) => {
    transaction = tx;
    return run(tx);
  });
  if (transaction !== null)
    for (const [stream, { facts, digest }] of heldBy(transaction))
      if (facts !== null) knownStreams(db).keep(stream, { facts, digest });
  return result;
}
