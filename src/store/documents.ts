/** Documents as they came, known by the SHA-256 of their bytes: facts name the digest only. */
import { sha256Hex } from '../ledger/canonical.ts';
import type { Reader, Tx } from './database.ts';

/** The bytes of one that is kept; `null` when there is none of that digest. */
export async function readDocument(
  db: Reader,
  digest: string,
): Promise<{ readonly content: Buffer; readonly contentType: string } | null> {
  const row = await db
    .selectFrom('documents')
    .select(['content', 'content_type'])
    .where('digest', '=', digest)
    .executeTakeFirst();
  return row === undefined ? null : { content: row.content, contentType: row.content_type };
}

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
