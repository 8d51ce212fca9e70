/**
 * Intents of what is bought from a carrier, the return label and the box's way out: one of each number per custody epoch; who
 * claims one may buy, once.
 */
import { derivedId } from './ids.ts';
import type { Reader, Tx } from './database.ts';

/** `label`: for the way back. `box`: for the empty box on its way out. */
export type ParcelKind = 'label' | 'box';

/** Which purchase is meant. */
export interface Purchase {
  readonly kind: ParcelKind;
  readonly deviceId: string;
  readonly epoch: number;
  /** From 1. */
  readonly number: number;
}

export interface LabelIntent {
  readonly intentId: string;
  /** The carrier's draft, made before anything was bought. */
  readonly shipmentId: string;
}

export async function readLabelIntent(db: Reader, purchase: Purchase): Promise<LabelIntent | null> {
  const row = await db
    .selectFrom('intents')
    .select(['id', 'target'])
    .where('id', '=', idOf(purchase))
    .executeTakeFirst();
  return row === undefined ? null : { intentId: row.id, shipmentId: row.target };
}

/** Keeps the first draft; a second one, made after a crash, is let go (it cost nothing). */
export async function rememberDraft(
  tx: Tx,
  purchase: Purchase,
  draft: { readonly connector: string; readonly shipmentId: string },
  now: Date,
): Promise<LabelIntent> {
  const { kind, deviceId, epoch, number } = purchase;
  const { connector, shipmentId } = draft;
  const id = idOf(purchase);
  await tx
    .insertInto('intents')
    .values({
      id,
      kind,
      device_id: deviceId,
      epoch,
      number,
      approval_id: null,
      connector,
      target: shipmentId,
      action_hash: '',
      created_at: now,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  return (await readLabelIntent(tx, purchase)) ?? { intentId: id, shipmentId };
}

/** Claims the purchase. @returns `true` for exactly one caller, ever. */
export async function claimLabel(tx: Tx, purchase: Purchase, now: Date): Promise<boolean> {
  const updated = await tx
    .updateTable('intents')
    .set({ send_started_at: now })
    .where('id', '=', idOf(purchase))
    .where('send_started_at', 'is', null)
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}

/** Gives a claim back: the carrier certainly sold nothing. */
export async function releaseLabel(tx: Tx, purchase: Purchase): Promise<void> {
  await tx
    .updateTable('intents')
    .set({ send_started_at: null })
    .where('id', '=', idOf(purchase))
    .where('answer', 'is', null)
    .execute();
}

/** The first has no number in it: it was the only one once. */
function idOf({ kind, deviceId, epoch, number }: Purchase): string {
  return derivedId('intent', `${kind}:${deviceId}:${epoch}${number === 1 ? '' : `:${number}`}`);
}
