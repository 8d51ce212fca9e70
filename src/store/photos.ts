/** Photos of devices, kept as documents by the SHA-256 of their bytes; inspections name them by it. */
import type { Reader, Tx } from './database.ts';
import type { DocumentPlace } from './document-place.ts';
import { readDocument } from './documents.ts';
import { keepDocumentAbout, readPersonalDocument } from './personal/documents.ts';

export interface Photo {
  readonly content: Buffer;
  readonly contentType: string;
}

/** Keeps a photo of that device, once. @returns Its digest, hex. */
export async function keepPhoto(
  tx: Tx,
  deviceId: string,
  { content, contentType }: Photo,
  by: string,
  now: Date,
): Promise<string> {
  const digest = await keepDocumentAbout(tx, deviceId, content, contentType);
  await tx
    .insertInto('device_photos')
    .values({ device_id: deviceId, digest, taken_by: by, taken_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return digest;
}

/**
 * A photo of that very device; `null` when it has none of that digest, or whose device it was is erased.
 *
 * @throws DocumentProblem when its bytes are not to be had.
 */
export async function readPhoto(
  db: Reader,
  place: DocumentPlace | null,
  deviceId: string,
  digest: string,
): Promise<Photo | null> {
  const row = await db
    .selectFrom('device_photos')
    .leftJoin('documents', 'documents.digest', 'device_photos.digest')
    .select('documents.content_type')
    .where('device_photos.device_id', '=', deviceId)
    .where('device_photos.digest', '=', digest)
    .executeTakeFirst();
  if (row === undefined) return null;
  const content = row.content_type === null ? null : await readDocument(db, place, digest);
  if (content !== null && row.content_type !== null) return { content, contentType: row.content_type };
  const kept = await readPersonalDocument(db, digest);
  return kept === 'erased' ? null : kept;
}

/** Which of these digests are no photo of that device. */
export async function strangePhotos(
  db: Reader,
  deviceId: string,
  digests: readonly string[],
): Promise<readonly string[]> {
  if (digests.length === 0) return [];
  const rows = await db
    .selectFrom('device_photos')
    .select('digest')
    .where('device_id', '=', deviceId)
    .where('digest', 'in', [...digests])
    .execute();
  const known = new Set(rows.map((row) => row.digest));
  return digests.filter((digest) => !known.has(digest));
}
