/** Buying from a carrier: a draft costs nothing; each label is bought at most once, and a lost answer is read back from the draft. */
import type { Carrier, ReturnLabel, ShipmentRequest } from '../adapters/carrier/port.ts';
import { ConnectorError } from '../adapters/errors.ts';
import { deviceStream } from '../domain/fact.ts';
import type { NewFact } from '../domain/fact.ts';
import type { Tx } from '../store/database.ts';
import { appendFacts } from '../store/facts.ts';
import { claimLabel, readLabelIntent, releaseLabel, rememberDraft } from '../store/label-intents.ts';
import type { Purchase } from '../store/label-intents.ts';
import { inTransaction } from '../store/transactions.ts';
import type { EngineContext } from './context.ts';

/** A purchase, by which carrier, and who is told of it in the transaction that records it. */
export interface ParcelOrder extends Purchase {
  readonly connector: string;
  readonly carrier: Carrier;
  readonly way: Omit<ShipmentRequest, 'reference'>;
  readonly tellOf: (tx: Tx, factKey: string) => Promise<void>;
}

/**
 * Buys one label, or finds what was bought before.
 *
 * @returns Whether there is one now; `false` after a lost answer that could not be resolved, which is a fact then.
 * @throws ConnectorError when the carrier certainly sold nothing.
 */
export async function buyParcel(context: EngineContext, order: ParcelOrder): Promise<boolean> {
  const shipmentId = await draft(context, order);
  const bought = await buyOnce(context, order, shipmentId);
  if (bought === null) return false;
  await recordLabel(context, order, bought);
  return true;
}

/** The draft's id is kept before anything is bought: it is what a lost answer is read back from. */
async function draft(context: EngineContext, order: ParcelOrder): Promise<string> {
  const { kind, deviceId, epoch, number, connector, carrier, way } = order;
  const known = await readLabelIntent(context.db, order);
  if (known !== null) return known.shipmentId;
  const which = `${deviceId}:${epoch}${number === 1 ? '' : `:${number}`}`;
  const { shipmentId } =
    kind === 'label'
      ? await carrier.draftReturn({ ...way, reference: which })
      : await carrier.draftOutbound({ ...way, reference: `${which}:box` });
  const kept = await inTransaction(context.db, (tx) =>
    rememberDraft(tx, order, { connector, shipmentId }, context.clock()),
  );
  return kept.shipmentId;
}

/** Buys if this call wins the claim; otherwise reads what an earlier one bought. `null`: bought by nobody, and unclear why. */
async function buyOnce(
  context: EngineContext,
  order: ParcelOrder,
  shipmentId: string,
): Promise<ReturnLabel | null> {
  const { carrier } = order;
  const claimed = await inTransaction(context.db, (tx) => claimLabel(tx, order, context.clock()));
  if (!claimed) return (await carrier.readLabel(shipmentId)) ?? recordUnknown(context, order);
  try {
    const label = await carrier.buyLabel(shipmentId);
    context.crash('label-bought');
    return label;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    if (!isLost(error)) {
      // Certainly nothing was sold: whoever tries next may claim again.
      await inTransaction(context.db, (tx) => releaseLabel(tx, order));
      throw error;
    }
    return (await carrier.readLabel(shipmentId)) ?? recordUnknown(context, order);
  }
}

/** An answer that we cannot read may be that of a sale: as good as none. */
function isLost({ code }: ConnectorError): boolean {
  return code === 'outcome-unknown' || code === 'unexpected-answer';
}

async function recordUnknown(context: EngineContext, order: ParcelOrder): Promise<null> {
  const { kind, deviceId, connector } = order;
  const intent = await readLabelIntent(context.db, order);
  if (intent === null) return null;
  const { intentId } = intent;
  const type = kind === 'label' ? 'return.label-unknown' : 'return.box-unknown';
  const fact: NewFact = {
    stream: deviceStream(deviceId),
    key: `${type}:${intentId}`,
    type,
    actor: 'handback',
    data: { ...roundOf(order), intentId, connector },
  };
  await inTransaction(context.db, (tx) => appendFacts(tx, [fact], context.clock()));
  return null;
}

async function recordLabel(
  context: EngineContext,
  order: ParcelOrder,
  { trackingCode, labelUrl, qrCodeUrl = null }: ReturnLabel,
): Promise<void> {
  const { kind, deviceId, epoch, connector } = order;
  await inTransaction(context.db, async (tx) => {
    const intent = await readLabelIntent(tx, order);
    if (intent === null) return;
    const { intentId } = intent;
    const type = kind === 'label' ? 'return.label-bought' : 'return.box-sent';
    const fact: NewFact = {
      stream: deviceStream(deviceId),
      key: `${type}:${intentId}`,
      type,
      actor: 'handback',
      data: { ...roundOf(order), intentId, connector, trackingCode },
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
        qr_code_url: qrCodeUrl,
        intent_id: intentId,
      })
      .onConflict((conflict) => conflict.column('tracking_code').doNothing())
      .execute();
    await order.tellOf(tx, fact.key);
  });
}

/** The first has no number, as it never had. */
function roundOf({ epoch, number }: Purchase): { readonly epoch: number; readonly number?: number } {
  return number === 1 ? { epoch } : { epoch, number };
}
