/** What an inventory's record of a unit on the dock says otherwise than what its custody was built on. Pure. */
import type { Asset, AssetState } from '../adapters/inventory/port.ts';
import type { InventorySaid } from '../domain/discrepancy.ts';
import { modelKey } from '../store/pickup-matching.ts';

/** After these an asset does not stand on a dock to be disposed of. */
const ELSEWHERE: ReadonlySet<AssetState> = new Set([
  'disposed',
  'sold',
  'returned-to-lessor',
  'lost',
  'retained',
]);

export interface Expectation {
  /** The model that this inventory named before, or somebody who wrote it down from it; `null`: nobody has. */
  readonly model: string | null;
  /** Whether a person typed the model, who may have put the maker before it. */
  readonly isTyped: boolean;
  /** The record names somebody else than the leaver now, and did not before. */
  readonly isWithAnother: boolean;
}

export function inventorySaid(asset: Pick<Asset, 'state' | 'model'>, expected: Expectation): InventorySaid[] {
  const said: InventorySaid[] = [];
  if (ELSEWHERE.has(asset.state)) said.push({ kind: 'inventory-ended', said: asset.state });
  if (expected.isWithAnother) said.push({ kind: 'inventory-with-another', said: 'held by somebody else' });
  if (asset.model !== null && isOther(asset.model, expected))
    said.push({ kind: 'inventory-model-mismatch', said: shortened(asset.model) });
  return said;
}

function isOther(model: string, { model: before, isTyped }: Expectation): boolean {
  const [now, then] = [modelKey(model), modelKey(before ?? '')];
  if (now === '' || then === '' || now === then) return false;
  return !isTyped || !(now.includes(then) || then.includes(now));
}

/** Texts of an inventory are shown and kept, so there is an end to them. */
const LONGEST = 128;

/** Without the one character that the database refuses. */
function shortened(text: string): string {
  return text.replaceAll('\0', '').slice(0, LONGEST).toWellFormed();
}
