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
  const { rows: tables } = await sql<{
    found: boolean;
  }>`select to_regclass('kysely_migration') is not null as found`.execute(db);
  if (tables[0]?.found !== true) return known;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const applied = new Set(rows.map((row) => row.name));
  return known.filter((name) => !applied.has(name)).toSorted();
}
