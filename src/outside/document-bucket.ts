/** Documents in a bucket, one object each, named by its digest. */
import type { DocumentsConfig } from '../config/documents-schema.ts';
import type { DocumentPlace } from '../store/document-place.ts';
import { bucketClient } from './bucket-client.ts';

/** The configured place; `null`: the database. */
export function documentPlace({ bucket }: DocumentsConfig): DocumentPlace | null {
  if (bucket === undefined) return null;
  const { name, put, get } = bucketClient(bucket);
  return {
    name,
    get: (digest) => get(keyOf(digest)),
    async put(digest, content, contentType) {
      try {
        await put(keyOf(digest), content, contentType, { IfNoneMatch: '*' });
      } catch (error) {
        if (!isThere(error)) throw error;
      }
    },
  };
}

function keyOf(digest: string): string {
  return `documents/${digest}`;
}

/** Another worker, or an earlier try, was there first; what lies there is read back and compared anyway. */
function isThere(error: unknown): boolean {
  return error instanceof Error && error.name === 'PreconditionFailed';
}
