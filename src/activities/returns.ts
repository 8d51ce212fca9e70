/** Return labels: a draft costs nothing; the label is bought at most once, and a lost answer is read back from the draft. */
import { ConnectorError } from '../adapters/errors.ts';
import type { Carrier, PostalAddress, ReturnLabel } from '../adapters/carrier/port.ts';
import { deviceStream } from '../domain/fact.ts';
import { claimLabel, readLabelIntent, releaseLabel, rememberDraft } from '../store/label-intents.ts';
import { appendFacts } from '../store/facts.ts';
import { loadCustody } from '../store/rule-facts.ts';
import type { EngineContext } from './context.ts';
import { connectorOf } from './context.ts';
import { isPassing, tryAgain } from './failures.ts';
import { raiseOnCustody } from './raise.ts';
import { inTransaction } from '../store/transactions.ts';

export interface LabelOrder {
  readonly deviceId: string;
  readonly epoch: number;
  readonly connector: string;
}

/** Makes the return label of a custody. What cannot be made becomes an exception: the device may still come back without. */
export async function makeLabel(context: EngineContext, order: LabelOrder): Promise<void> {
  const { deviceId, epoch, connector } = order;
  const custody = await loadCustody(context.db, deviceId, epoch);
  if (custody.label !== null || custody.cancelled !== null || custody.returned !== null) return;
  const carrier = connectorOf(context.connectors.carrier, connector).port;
  const from = await readAddress(context, custody.opened.data.personId);
  const { to } = context.returns;
  if (from === null || to === null)
    return raiseOnCustody(context, custody, { code: 'label-failed', gate: 'return', owner: 'operator' });
  try {
    const shipmentId = await draft(context, order, carrier, { from, to });
    const bought = await buyOnce(context, order, carrier, shipmentId);
    if (bought !== null) await recordLabel(context, order, bought);
  } catch (error) {
    if (isPassing(error) || !(error instanceof ConnectorError)) throw tryAgain(context, error);
    await raiseOnCustody(context, custody, { code: 'label-failed', gate: 'return', owner: 'operator' });
  }
}

async function readAddress(context: EngineContext, personId: string): Promise<PostalAddress | null> {
  const row = await context.db
    .selectFrom('persons')
    .select(['display_name', 'address'])
    .where('id', '=', personId)
    .executeTakeFirst();
  return row?.address === null || row?.address === undefined
    ? null
    : { name: row.display_name ?? 'Return', ...row.address };
}

/** The draft's id is kept before anything is bought: it is what a lost answer is read back from. */
async function draft(
  context: EngineContext,
  order: LabelOrder,
  carrier: Carrier,
  way: { readonly from: PostalAddress; readonly to: PostalAddress },
): Promise<string> {
  const known = await readLabelIntent(context.db, order.deviceId, order.epoch);
  if (known !== null) return known.shipmentId;
  const reference = `${order.deviceId}:${order.epoch}`;
  const { shipmentId } = await carrier.draftReturn({
    ...way,
    reference,
    weightGrams: context.returns.weightGrams,
  });
  return (
    await inTransaction(context.db, (tx) => rememberDraft(tx, { ...order, shipmentId }, context.clock()))
  ).shipmentId;
}

/** Buys if this call wins the claim; otherwise reads what an earlier one bought. `null`: bought by nobody, and unclear why. */
async function buyOnce(
  context: EngineContext,
  order: LabelOrder,
  carrier: Carrier,
  shipmentId: string,
): Promise<ReturnLabel | null> {
  const claimed = await inTransaction(context.db, (tx) =>
    claimLabel(tx, order.deviceId, order.epoch, context.clock()),
  );
  if (!claimed) return (await carrier.readLabel(shipmentId)) ?? recordUnknown(context, order);
  try {
    const label = await carrier.buyLabel(shipmentId);
    context.crash('label-bought');
    return label;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    if (!isLost(error)) {
      // Certainly nothing was sold: whoever tries next may claim again.
      await inTransaction(context.db, (tx) => releaseLabel(tx, order.deviceId, order.epoch));
      throw error;
    }
    return (await carrier.readLabel(shipmentId)) ?? recordUnknown(context, order);
  }
}

/** An answer that we cannot read may be that of a sale: as good as none. */
function isLost({ code }: ConnectorError): boolean {
  return code === 'outcome-unknown' || code === 'unexpected-answer';
}

async function recordUnknown(
  context: EngineContext,
  { deviceId, epoch, connector }: LabelOrder,
): Promise<null> {
  const intent = await readLabelIntent(context.db, deviceId, epoch);
  if (intent === null) return null;
  const data = { epoch, intentId: intent.intentId, connector };
  await inTransaction(context.db, (tx) =>
    appendFacts(
      tx,
      [
        {
          stream: deviceStream(deviceId),
          key: `return.label-unknown:${intent.intentId}`,
          type: 'return.label-unknown',
          actor: 'handback',
          data,
        },
      ],
      context.clock(),
    ),
  );
  return null;
}

async function recordLabel(context: EngineContext, order: LabelOrder, label: ReturnLabel): Promise<void> {
  const { deviceId, epoch, connector } = order;
  const { trackingCode } = label;
  await inTransaction(context.db, async (tx) => {
    const intent = await readLabelIntent(tx, deviceId, epoch);
    if (intent === null) return;
    const { intentId } = intent;
    const key = `return.label-bought:${intentId}`;
    await appendFacts(
      tx,
      [
        {
          stream: deviceStream(deviceId),
          key,
          type: 'return.label-bought',
          actor: 'handback',
          data: { epoch, intentId, connector, trackingCode },
        },
      ],
      context.clock(),
    );
    await tx
      .updateTable('intents')
      .set({ answer: 'accepted', answered_at: context.clock(), settled_at: context.clock() })
      .where('id', '=', intentId)
      .execute();
    await tx
      .insertInto('trackers')
      .values({ tracking_code: trackingCode, connector, device_id: deviceId, epoch })
      .onConflict((conflict) => conflict.column('tracking_code').doNothing())
      .execute();
  });
}
