/** How a device comes back: a label for its way, and where the policy says so, a box that is sent out for it first. */
import type { PostalAddress } from '../adapters/carrier/port.ts';
import { ConnectorError } from '../adapters/errors.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import { leaverOf } from '../domain/fact-parts.ts';
import type { Policy } from '../domain/policy.ts';
import { nextBox, nextLabel } from '../domain/return-labels.ts';
import { returnMeansIn } from '../domain/return-means.ts';
import type { ParcelKind } from '../store/label-intents.ts';
import { readValuesOf } from '../store/personal/values.ts';
import { loadCustody, readPolicy } from '../store/rule-facts.ts';
import { buyParcel } from './buy-parcel.ts';
import type { EngineContext } from './context.ts';
import { connectorOf } from './context.ts';
import { isPassing, tryAgain } from './failures.ts';
import { tellOfParcel } from './notices/parcels.ts';
import { raiseOnCustody } from './raise.ts';

export interface LabelOrder {
  readonly deviceId: string;
  readonly epoch: number;
  readonly connector: string;
}

/** Makes the return label of a custody, and its box. What cannot be made becomes an exception: the device may still come back without. */
export async function makeLabel(context: EngineContext, order: LabelOrder): Promise<void> {
  const { deviceId, epoch, connector } = order;
  const custody = await loadCustody(context.db, deviceId, epoch);
  if (custody.cancelled !== null || custody.returned !== null || custody.droppedOff !== null) return;
  const { port: carrier } = connectorOf(context.connectors.carrier, connector);
  const holder = await readAddress(context, leaverOf(custody.opened.data));
  const { to: depot, weightGrams, boxWeightGrams } = context.returns;
  if (holder === null || depot === null) return raiseFailed(context, custody);
  const policy = await readPolicy(context.db, custody.policyDigest);
  const isBoxed = returnMeansIn(policy.return.means, holder.country) === 'box';

  const buy = (kind: ParcelKind, number: number) =>
    buyParcel(context, {
      kind,
      deviceId,
      epoch,
      number,
      connector,
      carrier,
      way:
        kind === 'label'
          ? { from: holder, to: depot, weightGrams }
          : { from: depot, to: holder, weightGrams: boxWeightGrams },
      // A label that lies in a box is told of with the box.
      tellOf: async (tx, factKey) => {
        if (kind === 'label' && isBoxed) return;
        await tellOfParcel(context, tx, { custody, policy, kind, factKey });
      },
    });

  try {
    const label = nextLabel(custody, labelsMost(policy));
    if (label !== null && !(await buy('label', label))) return;
    // The label lies in the box: without the one the other is not sent.
    const box = isBoxed ? nextBox(await loadCustody(context.db, deviceId, epoch)) : null;
    if (box !== null) await buy('box', box);
  } catch (error) {
    if (isPassing(error) || !(error instanceof ConnectorError)) throw tryAgain(context, error);
    await raiseFailed(context, custody);
  }
}

function labelsMost({ return: { labelsMost: most = 1 } }: Policy): number {
  return most;
}

async function raiseFailed(context: EngineContext, custody: CustodyState): Promise<void> {
  await raiseOnCustody(context, custody, { code: 'label-failed', gate: 'return', owner: 'operator' });
}

async function readAddress(context: EngineContext, personId: string): Promise<PostalAddress | null> {
  const { displayName, address } = await readValuesOf(context.db, personId);
  return address === null ? null : { name: displayName ?? 'Return', ...address };
}
