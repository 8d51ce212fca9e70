/** How a device comes back: a label for its way, and where the policy says so, a box that is sent out for it first. */
import type { PostalAddress } from '../adapters/carrier/port.ts';
import { ConnectorError } from '../adapters/errors.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import { leaverOf } from '../domain/fact-parts.ts';
import { returnMeansIn } from '../domain/return-means.ts';
import { readValuesOf } from '../store/personal/values.ts';
import { loadCustody, readPolicy } from '../store/rule-facts.ts';
import { buyParcel } from './buy-parcel.ts';
import type { LabelOrder } from './buy-parcel.ts';
import type { EngineContext } from './context.ts';
import { connectorOf } from './context.ts';
import { isPassing, tryAgain } from './failures.ts';
import { raiseOnCustody } from './raise.ts';

export type { LabelOrder } from './buy-parcel.ts';

/** Makes the return label of a custody, and its box. What cannot be made becomes an exception: the device may still come back without. */
export async function makeLabel(context: EngineContext, order: LabelOrder): Promise<void> {
  const { deviceId, epoch, connector } = order;
  const custody = await loadCustody(context.db, deviceId, epoch);
  if (custody.cancelled !== null || custody.returned !== null || custody.droppedOff !== null) return;
  const carrier = connectorOf(context.connectors.carrier, connector).port;
  const holder = await readAddress(context, leaverOf(custody.opened.data));
  const { to: depot, weightGrams, boxWeightGrams } = context.returns;
  if (holder === null || depot === null) return raiseFailed(context, custody);
  try {
    const label =
      custody.label !== null ||
      (await buyParcel(context, order, 'label', carrier, { from: holder, to: depot, weightGrams }));
    // The label lies in the box: without the one the other is not sent.
    if (!label || custody.box !== null || !(await isBoxed(context, custody, holder.country))) return;
    await buyParcel(context, order, 'box', carrier, { from: depot, to: holder, weightGrams: boxWeightGrams });
  } catch (error) {
    if (isPassing(error) || !(error instanceof ConnectorError)) throw tryAgain(context, error);
    await raiseFailed(context, custody);
  }
}

async function raiseFailed(context: EngineContext, custody: CustodyState): Promise<void> {
  await raiseOnCustody(context, custody, { code: 'label-failed', gate: 'return', owner: 'operator' });
}

async function isBoxed(context: EngineContext, custody: CustodyState, country: string): Promise<boolean> {
  const { means } = (await readPolicy(context.db, custody.policyDigest)).return;
  return returnMeansIn(means, country) === 'box';
}

async function readAddress(context: EngineContext, personId: string): Promise<PostalAddress | null> {
  const { displayName, address } = await readValuesOf(context.db, personId);
  return address === null ? null : { name: displayName ?? 'Return', ...address };
}
