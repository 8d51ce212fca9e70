/** Imports and their lines for lists. */
import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { VendorList } from '../../domain/vendor-lines.ts';
import type { Reader } from '../database.ts';
import type { Schema } from '../schema.ts';
import type { ImportOutcome } from '../schema-imports.ts';

export type ImportRow = Selectable<Schema['imports']>;
export type ImportLineRow = Selectable<Schema['import_lines']>;

export async function readImport(db: Reader, importId: string): Promise<ImportRow | null> {
  return (await db.selectFrom('imports').selectAll().where('id', '=', importId).executeTakeFirst()) ?? null;
}

/** Newest first. `after`: where the page before ended. */
export async function listImports(
  db: Reader,
  filter: { readonly connector: string | null; readonly list: VendorList | null },
  after: { readonly importedAt: string; readonly id: string } | null,
  limit: number,
): Promise<readonly ImportRow[]> {
  let query = db
    .selectFrom('imports')
    .selectAll()
    .orderBy('imported_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);
  if (filter.connector !== null) query = query.where('connector', '=', filter.connector);
  if (filter.list !== null) query = query.where('list', '=', filter.list);
  if (after !== null)
    query = query.where(sql<boolean>`(imported_at, id) < (${after.importedAt}::timestamptz, ${after.id})`);
  return query.execute();
}

/** The lines of one import, in its order. */
export async function listImportLines(
  db: Reader,
  importId: string,
  outcome: ImportOutcome | null,
  after: number | null,
  limit: number,
): Promise<readonly ImportLineRow[]> {
  let query = db
    .selectFrom('import_lines')
    .selectAll()
    .where('import_id', '=', importId)
    .orderBy('line')
    .limit(limit);
  if (outcome !== null) query = query.where('outcome', '=', outcome);
  if (after !== null) query = query.where('line', '>', after);
  return query.execute();
}

/** The queue: lines that matched nothing and that nobody has decided. */
export async function listUnmatched(
  db: Reader,
  connector: string | null,
  after: { readonly importId: string; readonly line: number } | null,
  limit: number,
): Promise<readonly ImportLineRow[]> {
  let query = db
    .selectFrom('import_lines')
    .selectAll()
    .where('outcome', '=', 'unmatched')
    .where('decision', 'is', null)
    .orderBy('import_id')
    .orderBy('line')
    .limit(limit);
  if (connector !== null) query = query.where('connector', '=', connector);
  if (after !== null)
    query = query.where(sql<boolean>`(import_id, line) > (${after.importId}, ${after.line})`);
  return query.execute();
}
