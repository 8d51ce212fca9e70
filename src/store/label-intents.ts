/** Intents of what is bought from a carrier, the return label and the box's way out: one of each per custody epoch; who claims one may buy, once. */
import { derivedId } from './ids.ts';
import type { Reader, Tx } from './database.ts';

/** `label`: for the way back. `box`: for the empty box on its way out. */
export type ParcelKind = 'label' | 'box';

export interface LabelIntent {
  readonly intentId: string;
  /** The carrier's draft, made before anything was bought. */
  readonly shipmentId: string;
}

export async function readLabelIntent(
  db: Reader,
  kind: ParcelKind,
  deviceId: string,
  epoch: number,
): Promise<LabelIntent | null> {
  const row = await db
    .selectFrom('intents')
    .select(['id', 'target'])
    .where('kind', '=', kind)
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  return row === undefined ? null : { intentId: row.id, shipmentId: row.target };
}

/** Keeps the first draft; a second one, made after a crash, is let go (it cost nothing). */
export async function rememberDraft(
  tx: Tx,
  draft: {
    readonly kind: ParcelKind;
    readonly deviceId: string;
    readonly epoch: number;
    readonly connector: string;
    readonly shipmentId: string;
  },
  now: Date,
): Promise<LabelIntent> {
  const { kind, deviceId, epoch, connector, shipmentId } = draft;
  const id = derivedId('intent', `${kind}:${deviceId}:${epoch}`);
  await tx
    .insertInto('intents')
    .values({
      id,
      kind,
      device_id: deviceId,
      epoch,
      approval_id: null,
      connector,
      target: shipmentId,
      action_hash: '',
      created_at: now,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  return (await readLabelIntent(tx, kind, deviceId, epoch)) ?? { intentId: id, shipmentId };
}

/** Claims the purchase. @returns `true` for exactly one caller, ever. */
export async function claimLabel(
  tx: Tx,
  kind: ParcelKind,
  deviceId: string,
  epoch: number,
  now: Date,
): Promise<boolean> {
  const updated = await tx
    .updateTable('intents')
    .set({ send_started_at: now })
    .where('kind', '=', kind)
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .where('send_started_at', 'is', null)
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}

/** Gives a claim back: the carrier certainly sold nothing. */
export async function releaseLabel(tx: Tx, kind: ParcelKind, deviceId: string, epoch: number): Promise<void> {
  await tx
    .updateTable('intents')
    .set({ send_started_at: null })
    .where('kind', '=', kind)
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .where('answer', 'is', null)
    .execute();
}
