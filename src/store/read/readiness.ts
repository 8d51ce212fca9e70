/** Whether the database answers and has the newest schema. */
import { readdir } from 'node:fs/promises';
import { sql } from 'kysely';
import type { Reader } from '../database.ts';

const MIGRATIONS = new URL('../migrations/', import.meta.url);

/** The migrations that this program brings along and the database does not have. @throws the database's error */
export async function missingMigrations(db: Reader): Promise<readonly string[]> {
  const files = await readdir(MIGRATIONS);
  const known = files
    .filter((file) => /^\d{4}-.+\.[jt]s$/u.test(file))
    .map((file) => file.replace(/\.[jt]s$/u, ''));
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const applied = new Set(rows.map((row) => row.name));
  return known.filter((name) => !applied.has(name)).toSorted();
}
