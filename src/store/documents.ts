/** Documents as they came, known by the SHA-256 of their bytes: facts name the digest only. */
import { sha256Hex } from '../ledger/canonical.ts';
import type { Tx } from './database.ts';

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
