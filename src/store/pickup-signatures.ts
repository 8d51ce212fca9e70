/**
 * Both sides sign by name for the list of what leaves. Names stand in this table alone and can be erased; facts hold the
 * signature's id and the digest of the list, so that a signature for another list counts for nothing.
 */
import { pickupStream } from '../domain/fact.ts';
import type { Reader, Tx } from './database.ts';
import { appendFacts } from './facts.ts';

export const SIDES = ['ours', 'vendor'] as const;
export type Side = (typeof SIDES)[number];

export interface NewSignature {
  readonly signatureId: string;
  readonly pickupId: string;
  readonly side: Side;
  /** As they wrote it. Personal data. */
  readonly name: string;
  readonly signedAt: Date;
  readonly leavingDigest: string;
  /** Of a picture or scan of the signed sheet; `null` = none. */
  readonly documentDigest: string | null;
  readonly actor: string;
}

/** Keeps a signature. The same id again changes nothing. The caller holds `lockPickup`. */
export async function recordSignature(tx: Tx, signature: NewSignature, now: Date): Promise<void> {
  const { signatureId, pickupId, side, name, leavingDigest, documentDigest, actor } = signature;
  const signedAt = signature.signedAt.toISOString();
  const added = await tx
    .insertInto('pickup_signatures')
    .values({
      id: signatureId,
      pickup_id: pickupId,
      side,
      name,
      leaving_digest: leavingDigest,
      document_digest: documentDigest,
      signed_at: signedAt,
      recorded_by: actor,
      recorded_at: now,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (added === undefined) return;
  await appendFacts(
    tx,
    [
      {
        stream: pickupStream(pickupId),
        key: `pickup.signed:${signatureId}`,
        type: 'pickup.signed',
        actor,
        data: { pickupId, signatureId, side, signedAt, leavingDigest, documentDigest },
      },
    ],
    now,
  );
}

/** The sides that have not signed for this very list. */
export async function missingSignatures(
  db: Reader,
  pickupId: string,
  leavingDigest: string,
): Promise<readonly Side[]> {
  const rows = await db
    .selectFrom('pickup_signatures')
    .select('side')
    .where('pickup_id', '=', pickupId)
    .where('leaving_digest', '=', leavingDigest)
    .execute();
  const signed = new Set(rows.map((row) => row.side));
  return SIDES.filter((side) => !signed.has(side));
}

export interface SignatureRow {
  readonly id: string;
  readonly side: Side;
  /** `null`: erased. */
  readonly name: string | null;
  readonly leavingDigest: string;
  readonly documentDigest: string | null;
  readonly signedAt: string;
  readonly recordedBy: string;
}

export async function signaturesOf(db: Reader, pickupId: string): Promise<readonly SignatureRow[]> {
  return db
    .selectFrom('pickup_signatures')
    .select([
      'id',
      'side',
      'name',
      'leaving_digest as leavingDigest',
      'document_digest as documentDigest',
      'signed_at as signedAt',
      'recorded_by as recordedBy',
    ])
    .where('pickup_id', '=', pickupId)
    .orderBy('recorded_at')
    .orderBy('id')
    .execute();
}

/** Forgets a name for good; the signature itself stands. @returns `false` when there is no such signature. */
export async function eraseSignatureName(tx: Tx, signatureId: string, now: Date): Promise<boolean> {
  const row = await tx
    .updateTable('pickup_signatures')
    .set((eb) => ({ name: null, erased_at: eb.fn.coalesce('erased_at', eb.val(now.toISOString())) }))
    .where('id', '=', signatureId)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
