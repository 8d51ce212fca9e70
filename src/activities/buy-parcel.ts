/** Buying from a carrier: a draft costs nothing; each label is bought at most once, and a lost answer is read back from the draft. */
import type { Carrier, ReturnLabel, ShipmentRequest } from '../adapters/carrier/port.ts';
import { ConnectorError } from '../adapters/errors.ts';
import { deviceStream } from '../domain/fact.ts';
import type { NewFact } from '../domain/fact.ts';
import { appendFacts } from '../store/facts.ts';
import { claimLabel, readLabelIntent, releaseLabel, rememberDraft } from '../store/label-intents.ts';
import type { ParcelKind } from '../store/label-intents.ts';
import { inTransaction } from '../store/transactions.ts';
import type { EngineContext } from './context.ts';

export interface LabelOrder {
  readonly deviceId: string;
  readonly epoch: number;
  readonly connector: string;
}

/**
 * Buys one label, or finds what was bought before.
 *
 * @returns Whether there is one now; `false` after a lost answer that could not be resolved, which is a fact then.
 * @throws ConnectorError when the carrier certainly sold nothing.
 */
export async function buyParcel(
  context: EngineContext,
  order: LabelOrder,
  kind: ParcelKind,
  carrier: Carrier,
  way: Omit<ShipmentRequest, 'reference'>,
): Promise<boolean> {
  const shipmentId = await draft(context, order, kind, carrier, way);
  const bought = await buyOnce(context, order, kind, carrier, shipmentId);
  if (bought === null) return false;
  await recordLabel(context, order, kind, bought);
  return true;
}

/** The draft's id is kept before anything is bought: it is what a lost answer is read back from. */
async function draft(
  context: EngineContext,
  order: LabelOrder,
  kind: ParcelKind,
  carrier: Carrier,
  way: Omit<ShipmentRequest, 'reference'>,
): Promise<string> {
  const { deviceId, epoch } = order;
  const known = await readLabelIntent(context.db, kind, deviceId, epoch);
  if (known !== null) return known.shipmentId;
  const { shipmentId } =
    kind === 'label'
      ? await carrier.draftReturn({ ...way, reference: `${deviceId}:${epoch}` })
      : await carrier.draftOutbound({ ...way, reference: `${deviceId}:${epoch}:box` });
  return (
    await inTransaction(context.db, (tx) =>
      rememberDraft(tx, { ...order, kind, shipmentId }, context.clock()),
    )
  ).shipmentId;
}

/** Buys if this call wins the claim; otherwise reads what an earlier one bought. `null`: bought by nobody, and unclear why. */
async function buyOnce(
  context: EngineContext,
  order: LabelOrder,
  kind: ParcelKind,
  carrier: Carrier,
  shipmentId: string,
): Promise<ReturnLabel | null> {
  const { deviceId, epoch } = order;
  const claimed = await inTransaction(context.db, (tx) =>
    claimLabel(tx, kind, deviceId, epoch, context.clock()),
  );
  if (!claimed) return (await carrier.readLabel(shipmentId)) ?? recordUnknown(context, order, kind);
  try {
    const label = await carrier.buyLabel(shipmentId);
    context.crash('label-bought');
    return label;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    if (!isLost(error)) {
      // Certainly nothing was sold: whoever tries next may claim again.
      await inTransaction(context.db, (tx) => releaseLabel(tx, kind, deviceId, epoch));
      throw error;
    }
    return (await carrier.readLabel(shipmentId)) ?? recordUnknown(context, order, kind);
  }
}

/** An answer that we cannot read may be that of a sale: as good as none. */
function isLost({ code }: ConnectorError): boolean {
  return code === 'outcome-unknown' || code === 'unexpected-answer';
}

async function recordUnknown(
  context: EngineContext,
  { deviceId, epoch, connector }: LabelOrder,
  kind: ParcelKind,
): Promise<null> {
  const intent = await readLabelIntent(context.db, kind, deviceId, epoch);
  if (intent === null) return null;
  const { intentId } = intent;
  const type = kind === 'label' ? 'return.label-unknown' : 'return.box-unknown';
  const fact: NewFact = {
    stream: deviceStream(deviceId),
    key: `${type}:${intentId}`,
    type,
    actor: 'handback',
    data: { epoch, intentId, connector },
  };
  await inTransaction(context.db, (tx) => appendFacts(tx, [fact], context.clock()));
  return null;
}

async function recordLabel(
  context: EngineContext,
  { deviceId, epoch, connector }: LabelOrder,
  kind: ParcelKind,
  { trackingCode, labelUrl }: ReturnLabel,
): Promise<void> {
  await inTransaction(context.db, async (tx) => {
    const intent = await readLabelIntent(tx, kind, deviceId, epoch);
    if (intent === null) return;
    const { intentId } = intent;
    const type = kind === 'label' ? 'return.label-bought' : 'return.box-sent';
    const fact: NewFact = {
      stream: deviceStream(deviceId),
      key: `${type}:${intentId}`,
      type,
      actor: 'handback',
      data: { epoch, intentId, connector, trackingCode },
    };
    await appendFacts(tx, [fact], context.clock());
    await tx
      .updateTable('intents')
      .set({ answer: 'accepted', answered_at: context.clock(), settled_at: context.clock() })
      .where('id', '=', intentId)
      .execute();
    await tx
      .insertInto('trackers')
      .values({
        tracking_code: trackingCode,
        connector,
        device_id: deviceId,
        epoch,
        purpose: kind === 'label' ? 'return' : 'box',
        label_url: labelUrl,
      })
      .onConflict((conflict) => conflict.column('tracking_code').doNothing())
      .execute();
  });
}
