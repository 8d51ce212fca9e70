import pg from 'pg';
import { SUPERUSER } from './initialise-cluster.ts';

/** The engine's database in the embedded cluster. */
export const DATABASE = 'handback';

/** The URL of a database of the embedded cluster. */
export function databaseUrl(port: number, password: string, database = DATABASE): string {
  return `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/**
 * Passes when the server on `port` takes our password, serves the cluster in `data`, and has the
 * engine's database, which is created if need be.
 */
export async function probePostgres(port: number, password: string, data: string): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl(port, password, 'postgres'),
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
  });
  // A server that dies during the probe also emits an error, beside the rejection.
  client.on('error', () => {});
  try {
    await client.connect();
    const served = await client.query<{ data: string; present: boolean }>(
      `select current_setting('data_directory') as data,
              exists (select from pg_database where datname = $1) as present`,
      [DATABASE],
    );
    const answer = served.rows[0];
    if (answer?.data !== data) throw new Error(`port ${port} serves another cluster`);
    if (!answer.present) await client.query(`create database ${client.escapeIdentifier(DATABASE)}`);
  } finally {
    await client.end().catch(() => {});
  }
}
