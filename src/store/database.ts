import { Kysely, PostgresDialect } from 'kysely';
import type { Transaction } from 'kysely';
import pg from 'pg';
import { carrying } from './personal/attached-vault.ts';
import type { PersonVault } from './personal/vault.ts';
import { preparedPool } from './prepared-pool.ts';
import type { Schema } from './schema.ts';

export type Database = Kysely<Schema>;
export type Tx = Transaction<Schema>;
/** A connection or a transaction: for reads that serve both. */
export type Reader = Database | Tx;

export interface DatabaseOptions {
  /** Size of the pool. */
  readonly connections?: number;
  /** Called when an idle connection breaks (the server went away); the pool replaces it. */
  readonly onIdleError?: (error: Error) => void;
  /** Opens personal data. Absent: whatever reads or writes it fails. */
  readonly vault?: PersonVault;
}

/** Timestamps come back as ISO 8601 UTC texts and bigints as numbers: what facts and JSON use. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === pg.types.builtins.TIMESTAMPTZ) return isoOf;
    if (oid === pg.types.builtins.INT8) return Number;
    return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
  },
};

/** A server in UTC writes `2026-01-02 03:04:05.6+00`; what it writes otherwise (another zone, a year before Christ) goes the long way. */
const UTC_TEXT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/u;

function isoOf(text: string): string {
  const [, day, time, fraction = ''] = UTC_TEXT.exec(text) ?? [];
  if (day === undefined || time === undefined) return new Date(text).toISOString();
  return `${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
}

/** Opens a pool. Nothing is sent until the first query. Close with `destroy()`. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections ?? 10,
    connectionTimeoutMillis: 10_000,
    application_name: 'handback',
    types,
    pipeline: true,
  });
  pool.on('error', (error) => options.onIdleError?.(error));
  // The pool listens to idle connections only. One that is lent out and breaks between two queries would end the process;
  // its next query fails anyway.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const dialect = new PostgresDialect({ pool: preparedPool(pool) });
  const plugins = options.vault === undefined ? [] : [carrying(options.vault)];
  return new Kysely<Schema>({ dialect, plugins });
}
