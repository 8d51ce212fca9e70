/** Holds: they pause what cannot be undone (the wipe, destruction at the vendor), and never the access cut. */
export const HOLD_KINDS = ['legal', 'data-handover'] as const;
export type HoldKind = (typeof HOLD_KINDS)[number];

/** Whose it is to lift a hold of that kind. */
export const HOLD_OWNER: Readonly<Record<HoldKind, string>> = {
  legal: 'legal',
  'data-handover': 'operator',
};
