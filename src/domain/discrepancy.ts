/** How a difference between manifest, dock and count may be decided. */

export const DISCREPANCY_OUTCOMES = ['taken-off-manifest', 'accepted-as-found', 'held-back'] as const;
/**
 * `taken-off-manifest`: it does not go, and may go with the next; `accepted-as-found`: what was found goes; `held-back`: it
 * stays until somebody has looked into it.
 */
export type DiscrepancyOutcome = (typeof DISCREPANCY_OUTCOMES)[number];

export const COUNT_DIFFERENCES = ['missing', 'unrecorded', 'unlisted', 'not-in-inventory'] as const;
/**
 * `missing`: on the manifest, not counted; `unrecorded`: counted, and no source knows it; `unlisted`: counted, ours, and on no
 * line; `not-in-inventory`: counted, on the manifest, and the books have no record of it.
 */
export type CountDifference = (typeof COUNT_DIFFERENCES)[number];

const EVERY = DISCREPANCY_OUTCOMES;
/** What is not there cannot be handed over, nor what nobody knows. */
const FITTING: Readonly<Record<string, readonly DiscrepancyOutcome[]>> = {
  missing: ['taken-off-manifest', 'held-back'],
  withdrawn: ['taken-off-manifest', 'held-back'],
  'model-mismatch': EVERY,
  substituted: EVERY,
  unexpected: ['accepted-as-found', 'held-back'],
  'count-missing': ['taken-off-manifest', 'held-back'],
  'count-unrecorded': ['held-back'],
  'count-unlisted': ['accepted-as-found', 'held-back'],
  'count-not-in-inventory': EVERY,
};

/** The outcomes that a discrepancy of that kind may have. */
export function fittingOutcomes(kind: string): readonly DiscrepancyOutcome[] {
  return FITTING[kind] ?? [];
}
