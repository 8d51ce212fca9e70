import { setTimeout as sleep } from 'node:timers/promises';
import { migrateToLatest } from '../../store/migrate.ts';
import { CliError, reasonOf } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { databaseUrlOf, readInstalledConfig } from './configuration.ts';

const PAUSE_MS = 1_000;

/**
 * `handback migrate`: brings the database to the newest schema.
 *
 * @param options.wait How long to wait for a database that does not answer yet, seconds.
 */
export async function migrate(options: GlobalOptions & { readonly wait: number }, io: Io): Promise<number> {
  const url = databaseUrlOf(await readInstalledConfig(options, io));
  const applied = await migrateWithin(url, options.wait * 1_000);
  if (options.json === true) io.out(`${JSON.stringify({ applied })}\n`);
  else if (applied.length === 0) io.out('The database is at the newest schema already.\n');
  else io.out(`Applied ${applied.join(', ')}.\n`);
  return 0;
}

/** Migrates; waits for a database that does not answer yet. @throws CliError when it does not within `ms`. */
export async function migrateWithin(url: string, ms: number): Promise<readonly string[]> {
  const deadline = performance.now() + ms;
  for (;;) {
    try {
      return await migrateToLatest(url);
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      if (performance.now() >= deadline) {
        throw new CliError(`the database does not answer (${reasonOf(error)}): check DATABASE_URL`, {
          cause: error,
        });
      }
      await sleep(PAUSE_MS);
    }
  }
}

/** Nobody listens there, its name is not known (yet), or it is starting up or shutting down (57P03). */
function isUnreachable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isUnreachable);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'ECONNRESET', '57P03'].includes(
    String(code),
  );
}
