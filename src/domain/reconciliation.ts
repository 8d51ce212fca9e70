/** What does not fit when the books are held against receipts, certificates and dispositions. */
export const ASSET_FINDINGS = [
  'ghost',
  'unrecorded',
  'overdue',
  'still-licensed',
  'still-depreciating',
] as const;
export type AssetFindingKind = (typeof ASSET_FINDINGS)[number];
