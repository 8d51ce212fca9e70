/** Documents about one person: sealed with their key, known by the digest of what was received, and gone with the person. */
import { sha256Hex } from '../../ledger/canonical.ts';
import type { Reader, Tx } from '../database.ts';
import { keepDocument } from '../documents.ts';
import { vaultOf } from './attached-vault.ts';
import { seal, unseal } from './sealing.ts';

/** Whose device it is now, or was last; `null`: nobody's. */
export async function holderOf(db: Reader, deviceId: string): Promise<string | null> {
  const row = await db
    .selectFrom('custodies')
    .innerJoin('cases', 'cases.id', 'custodies.case_id')
    .innerJoin('persons', 'persons.id', 'cases.person_id')
    .select(['cases.person_id', 'persons.erased_at'])
    .where('custodies.device_id', '=', deviceId)
    .orderBy('custodies.epoch', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined || row.erased_at !== null ? null : row.person_id;
}

/** Keeps a document about the person who has, or had, the device; one about nobody's device as any other. @returns Its digest, hex. */
export async function keepDocumentAbout(
  tx: Tx,
  deviceId: string,
  content: Buffer,
  contentType: string,
): Promise<string> {
  const personId = await holderOf(tx, deviceId);
  if (personId === null) return keepDocument(tx, content, contentType);
  const vault = vaultOf(tx);
  const stored = await tx
    .selectFrom('person_keys')
    .select(['wrapped', 'wrapped_by'])
    .where('person_id', '=', personId)
    .forShare()
    .executeTakeFirst();
  const digest = sha256Hex(content);
  const { wrapped = null, wrapped_by: by = null } = stored ?? {};
  if (wrapped === null || by === null) return keepDocument(tx, content, contentType);
  const key = await vault.open(personId, { wrapped, by });
  const sealed = seal(key, contextOf(personId, digest), content);
  await tx
    .insertInto('personal_documents')
    .values({ person_id: personId, digest, sealed, content_type: contentType })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return digest;
}

export interface OpenedDocument {
  readonly content: Buffer;
  readonly contentType: string;
}

/** `null` when nobody has such a document, `erased` when whom it is about was erased. */
export async function readPersonalDocument(
  db: Reader,
  digest: string,
): Promise<OpenedDocument | 'erased' | null> {
  const rows = await db
    .selectFrom('personal_documents')
    .innerJoin('person_keys', 'person_keys.person_id', 'personal_documents.person_id')
    .select(['personal_documents.person_id', 'sealed', 'content_type', 'wrapped', 'wrapped_by'])
    .where('digest', '=', digest)
    .execute();
  for (const { person_id: personId, sealed, content_type: contentType, wrapped, wrapped_by: by } of rows) {
    if (sealed === null || wrapped === null || by === null) continue;
    const key = await vaultOf(db).open(personId, { wrapped, by });
    return { content: unseal(key, contextOf(personId, digest), sealed), contentType };
  }
  return rows.length === 0 ? null : 'erased';
}

function contextOf(personId: string, digest: string): string {
  return `${personId}/document/${digest}`;
}
