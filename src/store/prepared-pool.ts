/**
 * A pool whose connections prepare a statement the first time they are asked it, and from then on send its parameters only:
 * what is asked thousands of times a minute is parsed and planned once per connection.
 */
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';

/** More texts than this are not prepared: lists of any length make texts without end, and each keeps memory at the server. */
const MOST_STATEMENTS = 300;

/** PostgreSQL's code for a prepared statement whose table has changed its shape since. */
const FEATURE_NOT_SUPPORTED = '0A000';

/** What Kysely needs of a pool, over the given one. */
export function preparedPool(pool: pg.Pool): PostgresPool {
  const names = new Map<string, string>();
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>();

  function nameOf(text: string): string | undefined {
    const known = names.get(text);
    if (known !== undefined || names.size >= MOST_STATEMENTS) return known;
    const name = `handback_${names.size + 1}`;
    names.set(text, name);
    return name;
  }

  function preparing(client: pg.PoolClient): PostgresPoolClient {
    async function query(text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
      const name = values.length > 0 ? nameOf(text) : undefined;
      try {
        return await client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) });
      } catch (error) {
        // A migration changed the table: a new connection prepares it anew. The pool takes no ended one back.
        if (codeOf(error) === FEATURE_NOT_SUPPORTED) void (client as unknown as pg.Client).end();
        throw error;
      }
    }
    // Cursors, the other thing that Kysely may ask a connection for, are used nowhere.
    return {
      query: query as unknown as PostgresPoolClient['query'],
      release: (discard) => client.release(discard),
    };
  }

  return {
    async connect() {
      const client = await pool.connect();
      const known = clients.get(client) ?? preparing(client);
      clients.set(client, known);
      return known;
    },
    end: () => pool.end(),
    options: pool.options,
  };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
