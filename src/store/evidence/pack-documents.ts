/** The documents of a pack: listed at once, their bytes read one after the other when they are written. */
import type { PackContent } from '../../ledger/pack/build.ts';
import type { Database, Reader } from '../database.ts';
import { DocumentProblem } from '../document-place.ts';
import type { DocumentPlace } from '../document-place.ts';
import { readDocument } from '../documents.ts';
import { readPersonalDocument } from '../personal/documents.ts';

/** @param db Where the bytes are read later: documents never change. */
export async function documentsOf(
  tx: Reader,
  db: Database,
  digests: readonly string[],
  place: DocumentPlace | null,
): Promise<Pick<PackContent, 'documents' | 'absent'>> {
  if (digests.length === 0) return { documents: [], absent: [] };
  const rows = await tx
    .selectFrom('documents')
    .select(['digest', 'content_type'])
    .where('digest', 'in', digests)
    .execute();
  const types = new Map(rows.map((row) => [row.digest, row.content_type]));
  const personal = await tx
    .selectFrom('personal_documents')
    .select(['digest', 'content_type', 'erased_at'])
    .where('digest', 'in', digests)
    .execute();
  for (const row of personal) if (row.erased_at === null) types.set(row.digest, row.content_type);
  const erased = new Set(personal.map((row) => row.digest));
  return {
    documents: digests.flatMap((digest) => {
      const contentType = types.get(digest);
      return contentType === undefined
        ? []
        : [{ digest, contentType, load: async () => load(db, place, digest) }];
    }),
    absent: digests
      .filter((digest) => !types.has(digest))
      .map((digest) => ({ digest, reason: erased.has(digest) ? 'erased' : 'not-kept' })),
  };
}

async function load(db: Reader, place: DocumentPlace | null, digest: string): Promise<Uint8Array> {
  const content = await readDocument(db, place, digest);
  if (content !== null) return content;
  const kept = await readPersonalDocument(db, digest);
  // Listed a moment ago, and erased since: the export is asked for again.
  if (kept === null || kept === 'erased')
    throw new DocumentProblem('gone', `the document ${digest} is not there any more`);
  return kept.content;
}
