/** Whom the books name as holder now, and whether that is somebody who got it since discovery. */
import type { CloseOptions, Inventory } from '../adapters/inventory/port.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import { readIdentity } from '../store/people.ts';
import type { EngineContext } from './context.ts';
import { keysOf } from './person-accounts.ts';

/** Whom the books name, where that may be cleared: `heldBy` as `closeAsset` takes it; absent where nobody can tell. */
export type Holder = Pick<CloseOptions, 'heldBy'> | 'another';

/**
 * Asks the inventory who has it now. What it named so from the start, and what two people let pass, is no news; of hardware
 * without a person, and of a person whose data was erased, nobody can tell.
 */
export async function holderNow(
  context: EngineContext,
  port: Inventory,
  custody: CustodyState,
  externalId: string,
  connector: string,
): Promise<Holder> {
  const { records, serial, personId } = custody.opened.data;
  const known = records.find((one) => one.connector === connector);
  // Hardware without a person was nobody's: whoever the books name was named from the start.
  if (personId === null || known?.namesLeaver === false) return {};
  const keys = keysOf(await readIdentity(context.db, personId));
  if (keys.employeeNumber === null && keys.workEmail === null && keys.externalIds.length === 0) return {};
  const assets = await port.findBySerial(serial, keys);
  const asset = assets.find((one) => one.externalId === externalId);
  if (asset === undefined) return {};
  const { heldBySubject, holderExternalId } = asset;
  const mayBeCleared =
    holderExternalId === null || heldBySubject || wasApproved(custody, connector, holderExternalId);
  return mayBeCleared ? { heldBy: holderExternalId } : 'another';
}

/** Two people have seen that the books name this very person, and said that it is the leaver's all the same. */
function wasApproved({ mismatchApproved }: CustodyState, connector: string, other: string): boolean {
  const others = mismatchApproved?.data.others ?? [];
  return others.some((one) => one.connector === connector && one.other === other);
}
