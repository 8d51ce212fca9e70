/**
 * Takes a file of a disposal vendor in: everything or nothing, in one transaction. The same file under the same mapping is
 * taken in once; the same line in another file is known.
 */
import { sql } from 'kysely';
import { IMPORTS_STREAM } from '../../domain/fact.ts';
import type { VendorList } from '../../domain/vendor-lines.ts';
import type { Database, Reader, Tx } from '../database.ts';
import { keepDocument } from '../documents.ts';
import { openException } from '../exceptions.ts';
import { appendFacts } from '../facts.ts';
import { derivedId } from '../ids.ts';
import { describeException } from '../pickups.ts';
import { abreast } from './abreast.ts';
import { advancePickups, applyToDevices, applyToPickups, lockMatchedPickups } from './apply.ts';
import { keepLines } from './keep-lines.ts';
import { flagStrangers } from './strangers.ts';
import { lostZeros, matchStaged } from './match.ts';
import type { LostZeros } from './match.ts';
import { stageLines } from './stage.ts';
import type { StagedLine } from './stage.ts';

/** What identifies an import. */
export interface ImportKey {
  readonly connector: string;
  readonly list: VendorList;
  /** SHA-256 of the file, hex. */
  readonly documentDigest: string;
  readonly mappingDigest: string;
}

/** Where the lines come from. `pickupId`: the one that the vendor's interface was asked about. */
export type LinesFrom =
  | { readonly kind: 'file' | 'entered' }
  | { readonly kind: 'vendor'; readonly pickupId: string };

export interface ImportOrder extends ImportKey {
  readonly from: LinesFrom;
  readonly document: () => Promise<Buffer>;
  readonly contentType: string;
  /** `null`: the published format. */
  readonly mappingVersion: number | null;
  readonly actor: string;
  /** To read by while the transaction is busy, of a long list. Nothing is written by it. */
  readonly beside?: Database;
  /** Until when lines that match nothing must be decided. */
  readonly exceptionsDueAt: Date;
}

/** Serials that a spreadsheet has shortened: nothing of the file is taken in. */
export class ZerosLost extends Error {
  override readonly name = 'ZerosLost';
  readonly lines: readonly LostZeros[];

  constructor(lines: readonly LostZeros[]) {
    super('serials without their leading zeros');
    this.lines = lines;
  }
}

/** How many lines a refusal names. */
const NAMED = 1_000;

export function importIdOf({ connector, list, documentDigest, mappingDigest }: ImportKey): string {
  return derivedId('import', `${connector}:${list}:${documentDigest}:${mappingDigest}`);
}

/** Imports of one vendor come one after the other. */
export async function lockImports(tx: Tx, connector: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext(${`handback:imports:${connector}`}))`.execute(tx);
}

export async function isImported(db: Reader, importId: string): Promise<boolean> {
  const known = await db.selectFrom('imports').select('id').where('id', '=', importId).executeTakeFirst();
  return known !== undefined;
}

/**
 * The caller holds `lockImports` and has seen that the file is new. Whatever `lines` throws ends the transaction, and nothing
 * is taken in.
 *
 * @returns The import's id; `null` when a vendor's interface was asked again and said nothing that was not known.
 * @throws ZerosLost of a file
 */
export async function takeIn(
  tx: Tx,
  order: ImportOrder,
  lines: AsyncIterable<StagedLine>,
  now: Date,
): Promise<string | null> {
  const { connector, list, actor, from } = order;
  const askedFor = askedForBy(order);
  const importId = importIdOf(order);
  const count = await stageLines(tx, lines);
  await matchStaged(tx, connector, list);
  // An interface keeps its zeros: what differs by them is another unit there, and waits in the queue.
  const shortened = from.kind === 'vendor' ? [] : await lostZeros(tx, connector, NAMED);
  if (shortened.length > 0) throw new ZerosLost(shortened);
  const counts = await countStaged(tx);
  if (from.kind === 'vendor' && counts.matched + counts.unmatched === 0) return null;
  const documentDigest = await keepDocument(tx, await order.document(), order.contentType);
  await keepImport(tx, importId, order, { lines: count, ...counts }, now);
  const pickups = await lockMatchedPickups(tx, askedFor);
  const applied = { list, actor, documentDigest };
  await applyToPickups(tx, applied, pickups, now);
  if (askedFor !== null) await flagStrangers(tx, list, askedFor, order.exceptionsDueAt, now);
  const kept = { importId, connector, list, origin: from.kind, documentDigest, askedFor };
  await abreast([keepLines(tx, kept, now), applyToDevices(tx, applied, order.beside ?? null, now)]);
  await advancePickups(tx, pickups.keys());
  const { matched, unmatched } = counts;
  const data = {
    importId,
    connector,
    list,
    documentDigest,
    mappingDigest: order.mappingDigest,
    lines: count,
    matched,
    unmatched,
  };
  await appendFacts(
    tx,
    [{ stream: IMPORTS_STREAM, key: `import.made:${importId}`, type: 'import.made', actor, data }],
    now,
  );
  // Of what the interface says each stranger has an exception of its own.
  if (unmatched > 0 && askedFor === null) await flagUnmatched(tx, importId, order, unmatched, now);
  return importId;
}

function askedForBy({ from }: ImportOrder): string | null {
  return from.kind === 'vendor' ? from.pickupId : null;
}

type Counts = Readonly<Record<'matched' | 'unmatched' | 'known' | 'duplicates', number>>;

async function countStaged(tx: Tx): Promise<Counts> {
  const { rows } = await sql<Counts>`
    select count(*) filter (where outcome = 'matched') as matched, count(*) filter (where outcome = 'unmatched') as unmatched,
      count(*) filter (where outcome = 'known') as known, count(*) filter (where outcome = 'duplicate') as duplicates
    from import_staging`.execute(tx);
  return rows[0] ?? { matched: 0, unmatched: 0, known: 0, duplicates: 0 };
}

async function keepImport(
  tx: Tx,
  importId: string,
  order: ImportOrder,
  counts: Counts & { readonly lines: number },
  now: Date,
): Promise<void> {
  const { connector, list, documentDigest, mappingDigest, mappingVersion, actor, from } = order;
  await tx
    .insertInto('imports')
    .values({
      id: importId,
      connector,
      list,
      document_digest: documentDigest,
      mapping_digest: mappingDigest,
      mapping_version: mappingVersion,
      ...counts,
      imported_by: actor,
      imported_at: now,
      origin: from.kind,
      pickup_id: askedForBy(order),
    })
    .execute();
}

/** Id of the one exception that stands for all lines of an import that match nothing. */
export function unmatchedExceptionId(importId: string): string {
  return derivedId('exception', `${IMPORTS_STREAM}:0:import-unmatched:${importId}`);
}

async function flagUnmatched(
  tx: Tx,
  importId: string,
  { connector, list, exceptionsDueAt }: ImportOrder,
  unmatched: number,
  now: Date,
): Promise<void> {
  const exception = {
    stream: IMPORTS_STREAM,
    code: 'import-unmatched',
    gate: null,
    round: 0,
    owner: 'asset-manager',
    blocking: false,
    dueAt: exceptionsDueAt,
    caseId: null,
    deviceId: null,
    occurrence: importId,
  };
  const id = await openException(tx, exception, now);
  await describeException(tx, id, `${unmatched} lines of ${importId} (${list} of ${connector})`);
}
