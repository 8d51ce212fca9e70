/** How a difference between manifest, dock and count may be decided. */

export const DISCREPANCY_OUTCOMES = [
  'taken-off-manifest',
  'accepted-as-found',
  'held-back',
  'retired',
] as const;
/**
 * `taken-off-manifest`: it does not go, and may go with the next; `accepted-as-found`: what was found goes; `held-back`: it
 * stays until somebody has looked into it; `retired`: what nobody follows is taken into custody, to be retired by a case of its
 * own, and goes with a later pickup.
 */
export type DiscrepancyOutcome = (typeof DISCREPANCY_OUTCOMES)[number];

export const COUNT_DIFFERENCES = ['missing', 'unrecorded', 'unlisted', 'not-in-inventory'] as const;
/**
 * `missing`: on the manifest, not counted; `unrecorded`: counted, and no source knows it; `unlisted`: counted, ours, and on no
 * line; `not-in-inventory`: counted, on the manifest, and the books have no record of it.
 */
export type CountDifference = (typeof COUNT_DIFFERENCES)[number];

export const INVENTORY_DIFFERENCES = [
  'inventory-ended',
  'inventory-with-another',
  'inventory-model-mismatch',
] as const;
/**
 * What an inventory says live of a unit on the manifest that was just scanned: `inventory-ended`: disposed of, sold, returned,
 * lost or retained; `inventory-with-another`: it names somebody else than the leaver; `inventory-model-mismatch`: another model
 * than it named before. That it has no record is `not-in-inventory`, as in a count.
 */
export type InventoryDifference = (typeof INVENTORY_DIFFERENCES)[number];

export interface InventorySaid {
  readonly kind: InventoryDifference;
  /** A state or a model, in few words; no person. */
  readonly said: string;
}

const EVERY: readonly DiscrepancyOutcome[] = ['taken-off-manifest', 'accepted-as-found', 'held-back'];
/** What is not there cannot be handed over, nor what nobody knows. */
const FITTING: Readonly<Record<string, readonly DiscrepancyOutcome[]>> = {
  missing: ['taken-off-manifest', 'held-back'],
  withdrawn: ['taken-off-manifest', 'held-back'],
  'model-mismatch': EVERY,
  substituted: [...EVERY, 'retired'],
  unexpected: ['accepted-as-found', 'held-back', 'retired'],
  'count-missing': ['taken-off-manifest', 'held-back'],
  'count-unrecorded': ['held-back', 'retired'],
  'count-unlisted': ['accepted-as-found', 'held-back', 'retired'],
  'count-not-in-inventory': EVERY,
  'inventory-ended': EVERY,
  'inventory-with-another': EVERY,
  'inventory-model-mismatch': EVERY,
};

/** The outcomes that a discrepancy of that kind may have. */
export function fittingOutcomes(kind: string): readonly DiscrepancyOutcome[] {
  return FITTING[kind] ?? [];
}
