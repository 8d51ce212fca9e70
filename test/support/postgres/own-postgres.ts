/** A PostgreSQL of a test's own, for tests that kill it. Its commits are durable. */
import { startEmbeddedPostgres } from '../../../src/store/embedded/postgres.ts';
import { quiet } from './quiet.ts';
import { newRunDirectory, removeRunDirectory, sweepAbandonedRuns } from './run-directory.ts';

/** A server to mistreat. */
export interface OwnPostgres {
  /** Stays valid over `crash` and `start`, unless somebody took the port: then `start` throws. */
  readonly url: string;
  /** Ends the server without any shutdown work, and waits until it is gone. */
  crash(): Promise<void>;
  /** Starts it again on the same data and waits until it is ready. */
  start(): Promise<void>;
  /** Deletes everything. */
  remove(): Promise<void>;
}

/** Starts one; `migrated: false` leaves the database empty. */
export async function startOwnPostgres(options: { migrated?: boolean } = {}): Promise<OwnPostgres> {
  await sweepAbandonedRuns();
  const dataDir = newRunDirectory();
  let server = await startEmbeddedPostgres({ dataDir, log: quiet });
  const { url } = server;
  if (options.migrated ?? true) {
    const { migrateToLatest } = await import('../../../src/store/migrate.ts');
    await migrateToLatest(url);
  }
  return {
    url,
    crash: () => server.stop('immediate'),
    start: async () => {
      server = await startEmbeddedPostgres({ dataDir, log: quiet });
      if (server.url !== url) throw new Error('the port was taken meanwhile');
    },
    remove: async () => {
      await server.stop('immediate');
      await removeRunDirectory(dataDir);
    },
  };
}
