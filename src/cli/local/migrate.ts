import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../store/database.ts';
import { migrateToLatest } from '../../store/migrate.ts';
import { personVault } from '../../store/personal/key-file.ts';
import { hasPlainPeople, sealPeople } from '../../store/personal/seal-existing.ts';
import type { PersonVault } from '../../store/personal/vault.ts';
import { CliError, reasonOf } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { databaseUrlOf, readInstalledConfig } from './configuration.ts';
import { readPersonKeys } from './person-keys.ts';

const PAUSE_MS = 1_000;

/**
 * `handback migrate`: brings the database to the newest schema.
 *
 * @param options.wait How long to wait for a database that does not answer yet, seconds.
 */
export async function migrate(options: GlobalOptions & { readonly wait: number }, io: Io): Promise<number> {
  const config = await readInstalledConfig(options, io);
  const url = databaseUrlOf(config);
  const applied = await migrateWithin(url, options.wait * 1_000);
  const keys = readPersonKeys(config);
  const sealed = await sealWithin(url, keys === null ? null : personVault(keys));
  if (options.json === true) io.out(`${JSON.stringify({ applied, sealed })}\n`);
  else if (applied.length === 0) io.out('The database is at the newest schema already.\n');
  else io.out(`Applied ${applied.join(', ')}.\n`);
  if (options.json !== true && sealed > 0) io.out(`Sealed the personal data of ${sealed} people.\n`);
  return 0;
}

/**
 * Seals what an earlier version wrote readable. Without anything to seal it needs no keys.
 *
 * @returns How many people were sealed. @throws CliError when there is something to seal and nothing to seal it with.
 */
export async function sealWithin(url: string, vault: PersonVault | null): Promise<number> {
  const db = openDatabase(url, { connections: 2, ...(vault === null ? {} : { vault }) });
  try {
    if (vault !== null) return await sealPeople(db);
    if (await hasPlainPeople(db))
      throw new CliError(
        'people stand readable in the database, and there are no keys to seal them with: handback keys person new, then again',
      );
    return 0;
  } finally {
    await db.destroy();
  }
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
