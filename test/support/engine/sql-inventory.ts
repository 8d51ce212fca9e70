/** A company's own asset database, in a PostgreSQL database of its own: what the `sql` connector reads in tests of the engine. */
import pg from 'pg';
import { testDatabase } from '../postgres/test-database.ts';

const SCHEMA = `
create schema books;
create table books.assets (
  id integer primary key generated always as identity,
  serial text not null,
  status text not null,
  holder text,
  certificate text,
  gone_on date,
  written_off boolean not null
);
create table books.licences (asset integer not null, released_on date);`;

export interface SqlInventory {
  /** The connector, as the configuration has it. */
  readonly connector: Readonly<Record<string, unknown>>;
  /** A record: disposed of, or in stock. */
  plant(
    serial: string,
    books: { readonly gone: boolean; readonly writtenOff: boolean; readonly licences: number },
  ): Promise<void>;
  /** By hand: every licence given back, everything written off. */
  mend(): Promise<void>;
  drop(): Promise<void>;
}

export async function startSqlInventory(): Promise<SqlInventory> {
  const database = await testDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 1 });
  await pool.query(SCHEMA);
  return {
    connector: {
      kind: 'sql',
      mode: 'observe',
      url: database.url,
      table: 'books.assets',
      columns: {
        id: 'id',
        serial: 'serial',
        state: 'status',
        holder: { employeeNumber: 'holder' },
        reference: 'certificate',
        closedOn: 'gone_on',
      },
      states: { disposed: 'GONE', inStock: 'STOCK' },
      depreciation: { column: 'written_off', stopped: 'true' },
      licences: { table: 'books.licences', asset: 'asset', released: 'released_on' },
      ownershipUnsaid: 'corporate',
    },
    async plant(serial, { gone, writtenOff, licences }) {
      const { rows } = await pool.query<{ id: number }>(
        `insert into books.assets (serial, status, gone_on, written_off) values ($1, $2, $3, $4) returning id`,
        [serial, gone ? 'GONE' : 'STOCK', gone ? '2026-01-07' : null, writtenOff],
      );
      await pool.query('insert into books.licences (asset) select $1 from generate_series(1, $2)', [
        rows[0]?.id,
        licences,
      ]);
    },
    async mend() {
      await pool.query('update books.assets set written_off = true where gone_on is not null');
      await pool.query('update books.licences set released_on = current_date');
    },
    async drop() {
      await pool.end();
      await database.drop();
    },
  };
}
