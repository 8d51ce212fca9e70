/** Field mappings per vendor and list: saved as versions that never change, and used once they have read a file. */
import { sql } from 'kysely';
import { IMPORTS_STREAM } from '../../domain/fact.ts';
import type { MappedList } from '../../domain/vendor-lines.ts';
import { canonicalDigest } from '../../ledger/canonical.ts';
import type { Reader, Tx } from '../database.ts';
import { appendFacts } from '../facts.ts';

export interface SavedMapping {
  readonly connector: string;
  readonly list: MappedList;
  readonly version: number;
  readonly body: object;
  readonly digest: string;
  readonly savedBy: string;
  readonly savedAt: string;
  readonly triedAt: string | null;
}

export interface MappingToSave {
  readonly connector: string;
  readonly list: MappedList;
  readonly body: object;
  readonly by: string;
}

/** Saves the next version; one that says what the newest says changes nothing. */
export async function saveMapping(
  tx: Tx,
  { connector, list, body, by }: MappingToSave,
  now: Date,
): Promise<{ readonly mapping: SavedMapping; readonly isNew: boolean }> {
  await sql`select pg_advisory_xact_lock(hashtext(${`handback:mappings:${connector}:${list}`}))`.execute(tx);
  const before = await readMapping(tx, connector, list, null);
  const digest = canonicalDigest(body);
  if (before !== null && before.digest === digest) return { mapping: before, isNew: false };
  const version = (before?.version ?? 0) + 1;
  await tx
    .insertInto('field_mappings')
    .values({ connector, list, version, body: JSON.stringify(body), digest, saved_by: by, saved_at: now })
    .execute();
  const key = `mapping.saved:${connector}:${list}:${version}`;
  const data = { connector, list, version, digest };
  await appendFacts(tx, [{ stream: IMPORTS_STREAM, key, type: 'mapping.saved', actor: by, data }], now);
  const mapping = await readMapping(tx, connector, list, version);
  if (mapping === null) throw new Error(`no mapping ${connector} ${list} ${version}`);
  return { mapping, isNew: true };
}

/** @param version `null`: the newest. @returns `null` when there is none. */
export async function readMapping(
  db: Reader,
  connector: string,
  list: MappedList,
  version: number | null,
): Promise<SavedMapping | null> {
  let query = db
    .selectFrom('field_mappings')
    .selectAll()
    .where('connector', '=', connector)
    .where('list', '=', list)
    .orderBy('version', 'desc')
    .limit(1);
  if (version !== null) query = query.where('version', '=', version);
  const row = await query.executeTakeFirst();
  return row === undefined ? null : savedOf(row);
}

/** All versions, by vendor and list, the newest first. */
export async function listMappings(
  db: Reader,
  after: { readonly connector: string; readonly list: string; readonly version: number } | null,
  limit: number,
): Promise<readonly SavedMapping[]> {
  let query = db
    .selectFrom('field_mappings')
    .selectAll()
    .orderBy('connector')
    .orderBy('list')
    .orderBy('version', 'desc')
    .limit(limit);
  if (after !== null)
    query = query.where(
      sql<boolean>`(connector, list, -version) > (${after.connector}, ${after.list}, ${-after.version})`,
    );
  return (await query.execute()).map(savedOf);
}

/** It has read a file without a problem. */
export async function markTried(
  db: Reader,
  { connector, list, version }: Pick<SavedMapping, 'connector' | 'list' | 'version'>,
  now: Date,
): Promise<void> {
  await db
    .updateTable('field_mappings')
    .set({ tried_at: now })
    .where('connector', '=', connector)
    .where('list', '=', list)
    .where('version', '=', version)
    .where('tried_at', 'is', null)
    .execute();
}

function savedOf(row: {
  connector: string;
  list: MappedList;
  version: number;
  body: object;
  digest: string;
  saved_by: string;
  saved_at: string;
  tried_at: string | null;
}): SavedMapping {
  const { connector, list, version, body, digest } = row;
  const { saved_by: savedBy, saved_at: savedAt, tried_at: triedAt } = row;
  return { connector, list, version, body, digest, savedBy, savedAt, triedAt };
}
