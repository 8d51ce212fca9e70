/** Photos of devices, kept as documents by the SHA-256 of their bytes; inspections name them by it. */
import type { Reader, Tx } from './database.ts';
import type { DocumentPlace } from './document-place.ts';
import { keepDocument, readDocument } from './documents.ts';

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
  const digest = await keepDocument(tx, content, contentType);
  await tx
    .insertInto('device_photos')
    .values({ device_id: deviceId, digest, taken_by: by, taken_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return digest;
}

/**
 * A photo of that very device; `null` when it has none of that digest.
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
    .innerJoin('documents', 'documents.digest', 'device_photos.digest')
    .select('documents.content_type')
    .where('device_photos.device_id', '=', deviceId)
    .where('device_photos.digest', '=', digest)
    .executeTakeFirst();
  const content = row === undefined ? null : await readDocument(db, place, digest);
  return row === undefined || content === null ? null : { content, contentType: row.content_type };
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
