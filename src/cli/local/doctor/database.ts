import { sql } from 'kysely';
import type { Config } from '../../../config/load.ts';
import { openDatabase } from '../../../store/database.ts';
import { missingMigrations } from '../../../store/read/readiness.ts';
import { reasonOf } from '../../errors.ts';
import { databaseUrlOf } from '../configuration.ts';
import { skewCheck } from './check.ts';
import type { Check } from './check.ts';

/** PostgreSQL: whether it answers, its version, its schema, its clock. */
export async function checkDatabase(config: Config): Promise<readonly Check[]> {
  const name = 'database';
  let url: string;
  try {
    url = databaseUrlOf(config);
  } catch (error) {
    return [{ name, standing: 'failed', detail: reasonOf(error) }];
  }
  const db = openDatabase(url, { connections: 1 });
  try {
    // The first query also opens the connection: the clock is read by the second.
    const version = await sql<{
      version: string;
    }>`select current_setting('server_version') as version`.execute(db);
    const asked = Date.now();
    const clock = await sql<{ now: string }>`select clock_timestamp() as now`.execute(db);
    const skewMs = Date.parse(clock.rows[0]?.now ?? '') - (asked + Date.now()) / 2;
    return [
      await schemaCheck(version.rows[0]?.version ?? '', () => missingMigrations(db)),
      skewCheck('database clock', skewMs),
    ];
  } catch (error) {
    return [
      { name, standing: 'failed', detail: `it does not answer (${reasonOf(error)}): check DATABASE_URL` },
    ];
  } finally {
    await db.destroy();
  }
}

async function schemaCheck(version: string, missing: () => Promise<readonly string[]>): Promise<Check> {
  const [name, about] = ['database', `PostgreSQL ${version}`];
  try {
    const left = await missing();
    if (left.length === 0) return { name, standing: 'ok', detail: `${about}, newest schema` };
    return { name, standing: 'failed', detail: `${about}; run \`handback migrate\` (${left.join(', ')})` };
  } catch {
    return {
      name,
      standing: 'failed',
      detail: `${about} without Handback's tables; run \`handback migrate\``,
    };
  }
}
