/** What somebody finds who looks at a device that came back. */

export const CONDITIONS = ['good', 'damaged', 'dead', 'incomplete', 'unknown'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** What becomes of it, as far as its state says. Where it goes is its route, which two people change. */
export const INSPECTION_OUTCOMES = ['to-be-disposed', 're-deployable', 'needs-repair'] as const;
export type InspectionOutcome = (typeof INSPECTION_OUTCOMES)[number];

/** What belongs to a device and has to come back with it. */
export const ACCESSORIES = [
  'charger',
  'power-cable',
  'dock',
  'keyboard',
  'mouse',
  'headset',
  'monitor-cable',
  'bag',
  'stylus',
  'security-key',
  'sim-card',
  'memory-card',
] as const;

/** One line of the checklist. */
export interface AccessoryCheck {
  readonly item: (typeof ACCESSORIES)[number];
  readonly present: boolean;
}
