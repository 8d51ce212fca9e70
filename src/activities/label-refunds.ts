/** Labels that nobody will use are given back to their carrier: once each, as a fact, and nothing waits for it. */
import type { Connected } from '../adapters/connectors.ts';
import type { Carrier } from '../adapters/carrier/port.ts';
import { ConnectorError } from '../adapters/errors.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import { deviceStream } from '../domain/fact.ts';
import type { RefundReason } from '../domain/return-labels.ts';
import { REFUND_AFTER_MS, REFUND_WITHIN_MS, refundDue, whyUnneeded } from '../domain/rules/label-refunds.ts';
import type { Purchased } from '../domain/return-state.ts';
import { RULES_VERSION } from '../domain/rules-version.ts';
import { wakeCustody } from '../store/cases.ts';
import { appendFacts } from '../store/facts.ts';
import { lockStream } from '../store/held-streams.ts';
import { loadCustody } from '../store/rule-facts.ts';
import { inTransaction } from '../store/transactions.ts';
import { unneededLabels } from '../store/unneeded-labels.ts';
import type { UnneededLabel } from '../store/unneeded-labels.ts';
import type { EngineContext } from './context.ts';
import { connectorOf } from './context.ts';
import { isAboutOne } from './failures.ts';
import { modeFor } from './modes.ts';
import { takeTracking } from './tracking.ts';

const BATCH = 200;

/**
 * Asks one carrier for the money of labels and boxes that will not be used. What it says of one of them, or does not answer,
 * holds up no other: the next sweep asks again, and the adapter reads before it asks.
 *
 * @returns How many were asked about to an end.
 * @throws ConnectorError while the carrier cannot be asked at all.
 */
export async function giveLabelsBack(
  context: EngineContext,
  { connector }: { readonly connector: string },
  beat: () => void,
): Promise<number> {
  if (!context.returns.refundLabels) return 0;
  const carrier = connectorOf(context.connectors.carrier, connector);
  const now = context.clock().getTime();
  const bought = { since: new Date(now - REFUND_WITHIN_MS), until: new Date(now - REFUND_AFTER_MS) };
  let given = 0;
  let after = '';
  for (;;) {
    const batch = await unneededLabels(context.db, connector, bought, { after, limit: BATCH });
    for (const label of batch) {
      beat();
      if (await isSettled(context, connector, () => giveBack(context, carrier, label))) given += 1;
    }
    const last = batch.at(-1);
    if (last === undefined || batch.length < BATCH) return given;
    after = last.trackingCode;
  }
}

async function isSettled(
  { log }: EngineContext,
  connector: string,
  settle: () => Promise<boolean>,
): Promise<boolean> {
  try {
    return await settle();
  } catch (error) {
    if (!(error instanceof ConnectorError) || !isOfOne(error)) throw error;
    log.warn({ connector, code: error.code }, 'a label could not be given back');
    return false;
  }
}

/** A key that is not accepted is refused for every label alike. */
function isOfOne(error: ConnectorError): boolean {
  const { code, status } = error;
  if (code === 'refused') return status !== 401 && status !== 403;
  return isAboutOne(error) || code === 'outcome-unknown' || code === 'conflict';
}

async function giveBack(
  context: EngineContext,
  carrier: Connected<Carrier>,
  label: UnneededLabel,
): Promise<boolean> {
  const { deviceId, epoch } = label;
  const before = await loadCustody(context.db, deviceId, epoch);
  if (dueOf(before, label, context.clock()) === null) return false;
  if ((await modeFor(context, carrier, before.opened.data.personId)) !== 'enforce') return false;
  await hearOf(context, carrier, label);
  const bought = await intend(context, label);
  if (bought === null) return false;
  const outcome = await carrier.port.refundLabel(label.shipmentId);
  await record(context, label, bought, outcome);
  return true;
}

interface Due {
  readonly bought: Purchased;
  readonly why: RefundReason;
}

function dueOf(custody: CustodyState, { intentId }: UnneededLabel, now: Date): Due | null {
  const bought = custody.purchases.find(({ data }) => data.intentId === intentId);
  const why = bought === undefined ? null : refundDue(custody, bought, now.getTime());
  return bought === undefined || why === null ? null : { bought, why };
}

/**
 * Says so before it is asked: if the answer is lost, and somebody decides meanwhile that the device is to come back after all,
 * nobody would look any more whether the label is void.
 *
 * @returns `null`: by what has come in meanwhile, the carrier's latest word with it, it is not to be given back.
 */
async function intend({ db, clock }: EngineContext, label: UnneededLabel): Promise<Purchased | null> {
  const { deviceId, epoch } = label;
  const stream = deviceStream(deviceId);
  const now = clock();
  return inTransaction(db, async (tx) => {
    await lockStream(tx, stream);
    const custody = await loadCustody(tx, deviceId, epoch);
    const due = dueOf(custody, label, now);
    if (due === null) return null;
    const { bought, why } = due;
    const { intentId, connector, trackingCode } = bought.data;
    if (custody.refunds.some(({ intended }) => intended.data.intentId === intentId)) return bought;
    const judged = { rulesVersion: RULES_VERSION, policyDigest: custody.policyDigest };
    const key = `return.label-refund-intended:${intentId}`;
    const data = { ...judged, epoch, intentId, connector, trackingCode, why };
    await appendFacts(
      tx,
      [{ stream, key, type: 'return.label-refund-intended', actor: 'handback', data }],
      now,
    );
    return bought;
  });
}

/** Asked now: nobody polls for parcels of a custody that has ended. The word is kept, as any other is. */
async function hearOf(
  context: EngineContext,
  { name, port }: Connected<Carrier>,
  { trackingCode, shipmentId }: UnneededLabel,
): Promise<void> {
  const word = await port.readTracker({ trackingCode, shipmentId });
  if (word !== null) await takeTracking(context, name, { trackingCode, ...word });
}

async function record(
  { db, clock }: EngineContext,
  { deviceId, epoch }: UnneededLabel,
  bought: Purchased,
  outcome: 'asked' | 'refused',
): Promise<void> {
  const { intentId, connector, trackingCode } = bought.data;
  const stream = deviceStream(deviceId);
  const now = clock();
  await inTransaction(db, async (tx) => {
    await lockStream(tx, stream);
    const custody = await loadCustody(tx, deviceId, epoch);
    if (custody.refunds.some(({ asked }) => asked?.data.intentId === intentId)) return;
    const key = `return.label-refund-asked:${intentId}`;
    const data = { epoch, intentId, connector, trackingCode, outcome };
    await appendFacts(
      tx,
      [{ stream, key, type: 'return.label-refund-asked', actor: `connector:${connector}`, data }],
      now,
    );
    // Somebody decided meanwhile that it is to come back after all: by another label.
    if (custody.closed === null && whyUnneeded(custody, bought) === null)
      await wakeCustody(tx, deviceId, epoch);
  });
}
