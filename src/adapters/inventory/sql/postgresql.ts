/** PostgreSQL, through `pg`: every work in a transaction of its own, read-only where it only reads. */
import pg from 'pg';
import { transportFailure } from '../../clients/failure.ts';
import type { CallOptions } from '../../read-options.ts';
import type { Dialect, Parameter, Purpose, Result, Session } from './dialect.ts';
import { sqlFailure } from './failure.ts';
import type { SqlSettings } from './settings.ts';

export function createPostgresql(connector: string, settings: SqlSettings): Dialect {
  const pool = new pg.Pool({
    connectionString: settings.url,
    max: settings.connections,
    connectionTimeoutMillis: settings.timeLimitMs,
    idleTimeoutMillis: 10_000,
    // A command that is done does not wait for idle connections.
    allowExitOnIdle: true,
    // The server's own limit comes first; this one is for a server that does not answer any more.
    query_timeout: settings.timeLimitMs + 2_000,
    application_name: 'handback',
  });
  // A connection that breaks is replaced; what was under way on it fails by itself.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));

  async function transaction<T>(
    purpose: Purpose,
    operation: string,
    work: (session: Session) => Promise<T>,
    { signal }: CallOptions = {},
  ): Promise<T> {
    const at = { connector, operation, effect: 'read' } as const;
    if (signal?.aborted === true) throw transportFailure(at, signal.reason);
    let client: pg.PoolClient | null = null;
    let committing = false;
    let broken = true;
    try {
      client = await pool.connect();
      await client.query(opening(purpose, settings.timeLimitMs));
      const result = await work(sessionOn(client));
      committing = purpose === 'write';
      await client.query('commit');
      broken = false;
      return result;
    } catch (error) {
      if (client !== null && !committing) broken = !(await rolledBack(client));
      throw sqlFailure(connector, operation, error, committing);
    } finally {
      client?.release(broken);
    }
  }

  return {
    quoted,
    asText: (expression) => `${expression}::text`,
    parameter: (place) => `$${place}`,
    isAnyOf: (expression, place) => `${expression} = any($${place}::text[])`,
    bareSerial: (expression) => `upper(regexp_replace(${expression}::text, '[[:space:]_./:#-]', '', 'g'))`,
    ownVersion: 'xmin',
    notUpdatable,
    transaction,
  };
}

function quoted(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');
}

/** Times as texts are in UTC, whatever the server's or the user's setting. */
function opening(purpose: Purpose, timeLimitMs: number): string {
  const mode = purpose === 'read' ? 'read only' : 'read write';
  return [
    `begin isolation level read committed ${mode}`,
    `set local statement_timeout = ${timeLimitMs}`,
    `set local timezone = 'UTC'`,
    `set local datestyle = 'ISO, YMD'`,
  ].join('; ');
}

function sessionOn(client: pg.PoolClient): Session {
  return {
    async run(text: string, parameters: readonly Parameter[]): Promise<Result> {
      const { rows, rowCount } = await client.query<Record<string, string | null>>(text, [...parameters]);
      return { rows, changed: rowCount ?? 0 };
    },
  };
}

/** Whether the connection may be used again. */
async function rolledBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    return false;
  }
}

async function notUpdatable(
  session: Session,
  table: string,
  columns: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await session.run(
    `select name from unnest($2::text[]) as name where not has_column_privilege($1::regclass, name, 'update')`,
    [quoted(table), columns],
  );
  return rows.map(({ name }) => name ?? '');
}
