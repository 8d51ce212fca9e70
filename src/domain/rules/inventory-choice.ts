/** Which inventory says what becomes of a device. Pure. */
import type { CustodyState } from '../custody-state.ts';
import type { RuleContext } from '../judgement.ts';

/**
 * The inventory whose record of the device is closed: one that has a record and can be written, else one that can be written,
 * else one that is only read. `null`: there is none.
 */
export function closingInventory(
  custody: CustodyState,
  { inventory, readOnlyInventories = [] }: Pick<RuleContext, 'inventory' | 'readOnlyInventories'>,
): string | null {
  const named = custody.opened.data.records
    .filter(({ sourceKind }) => sourceKind === 'inventory')
    .map(({ connector }) => connector);
  const isWritten = (connector: string): boolean => !readOnlyInventories.includes(connector);
  const known = named.find(isWritten);
  if (known !== undefined) return known;
  if (inventory !== null && isWritten(inventory)) return inventory;
  return named[0] ?? inventory;
}
