/**
 * Documents as they came, known by the SHA-256 of their bytes: facts name the digest only. Each is committed with the fact that
 * names it, into the database. Where a bucket is configured, the bytes are taken there afterwards (`moveDocuments`), so that a
 * request needs no bucket, and no fact ever names what is nowhere.
 */
import { sha256Hex } from '../ledger/canonical.ts';
import type { Database, Reader, Tx } from './database.ts';
import { DocumentProblem } from './document-place.ts';
import type { DocumentPlace } from './document-place.ts';

/** Keeps the bytes, once. @returns Their digest, hex. */
export async function keepDocument(tx: Tx, content: Buffer, contentType: string): Promise<string> {
  const digest = sha256Hex(content);
  await tx
    .insertInto('documents')
    .values({ digest, content, content_type: contentType })
    .onConflict((conflict) => conflict.column('digest').doNothing())
    .execute();
  return digest;
}

/** As what a document came; `null` when there is none of that digest. */
export async function documentType(db: Reader, digest: string): Promise<string | null> {
  const row = await db
    .selectFrom('documents')
    .select('content_type')
    .where('digest', '=', digest)
    .executeTakeFirst();
  return row?.content_type ?? null;
}

/**
 * The bytes of a document, from wherever they lie, checked against its digest.
 *
 * @returns `null` when there is no such document.
 * @throws DocumentProblem when they are not to be had, or are others.
 */
export async function readDocument(
  db: Reader,
  place: DocumentPlace | null,
  digest: string,
): Promise<Buffer | null> {
  const row = await db
    .selectFrom('documents')
    .select(['content', 'place'])
    .where('digest', '=', digest)
    .executeTakeFirst();
  if (row === undefined) return null;
  const content = row.content ?? (await fromPlace(place, row.place, digest));
  if (sha256Hex(content) !== digest)
    throw new DocumentProblem('changed', `the document ${digest} is not what was received`);
  return content;
}

async function fromPlace(place: DocumentPlace | null, name: string | null, digest: string): Promise<Buffer> {
  if (place === null || place.name !== name)
    throw new DocumentProblem(
      'place-unknown',
      `the document ${digest} lies in ${name}, which is not configured`,
    );
  const content = await place.get(digest);
  if (content === null)
    throw new DocumentProblem('gone', `the document ${digest} is not in ${name} any more`);
  return Buffer.from(content);
}

/**
 * Takes documents from the database to their place, the oldest first: written there, read back and compared, and only then let go
 * here. Whatever breaks off in between leaves at most an object that is written again.
 *
 * @returns How many were moved.
 * @throws what the place throws; DocumentProblem when it gives back something else.
 */
export async function moveDocuments(db: Database, place: DocumentPlace, limit: number): Promise<number> {
  const waiting = await db
    .selectFrom('documents')
    .select(['digest', 'content_type'])
    .where('place', 'is', null)
    .orderBy('received_at')
    .limit(limit)
    .execute();
  for (const { digest, content_type: contentType } of waiting) {
    const content = await contentHere(db, digest);
    // Another worker was faster.
    if (content === null) continue;
    await place.put(digest, content, contentType);
    if (sha256Hex(await fromPlace(place, place.name, digest)) !== digest)
      throw new DocumentProblem('changed', `what lies in ${place.name} under ${digest} is something else`);
    await db
      .updateTable('documents')
      .set({ place: place.name, content: null })
      .where('digest', '=', digest)
      .where('place', 'is', null)
      .execute();
  }
  return waiting.length;
}

/** @returns `null` when it does not lie in the database any more. */
async function contentHere(db: Database, digest: string): Promise<Buffer | null> {
  const row = await db
    .selectFrom('documents')
    .select('content')
    .where('digest', '=', digest)
    .executeTakeFirst();
  const content = row?.content ?? null;
  if (content !== null && sha256Hex(content) !== digest)
    throw new DocumentProblem('changed', `the document ${digest} is not what was received`);
  return content;
}
