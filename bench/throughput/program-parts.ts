import type pg from 'pg';
import type { Child } from '../harness/child.ts';
import type { SystemProcess } from './system.ts';

/** What either program needs to be started. */
export interface ProgramParts {
  readonly configFile: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  /** Where its API listens. */
  readonly url: string;
  /** The bench's own connections, for looking on. */
  readonly pool: pg.Pool;
}

export function environmentOf({ databaseUrl, temporalAddress }: ProgramParts): NodeJS.ProcessEnv {
  return {
    ...process.env,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress,
    NODE_ENV: 'production',
  };
}

export function asProcess({ name, pid, requests }: Child): SystemProcess {
  return { name: name.endsWith('api') ? 'api' : 'worker', pid, requests };
}

export async function committed(pool: pg.Pool): Promise<number> {
  // The statistics of idle connections come in late, unless asked for.
  await pool.query('select pg_stat_force_next_flush()');
  const { rows } = await pool.query<{ xact_commit: string }>(
    'select xact_commit from pg_stat_database where datname = current_database()',
  );
  return Number(rows[0]?.xact_commit);
}
