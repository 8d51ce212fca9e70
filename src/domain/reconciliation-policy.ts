/** When the books are held against our records, by whom what does not fit is looked after, and until when. */
import type { Policy } from './policy.ts';
import type { AssetFindingKind, ReconciliationDays } from './reconciliation.ts';

export const RECONCILIATION_PERIODS = ['quarter', 'month', 'week', 'day'] as const;
export type ReconciliationPeriod = (typeof RECONCILIATION_PERIODS)[number];

export interface ReconciliationPolicy {
  /** On its first day: of January, April, July and October; of the month; Monday; every day. */
  readonly every: ReconciliationPeriod;
  /** Minutes after midnight there. */
  readonly atMinute: number;
  /** IANA name. */
  readonly timeZone: string;
  /** How long the inventories may take to answer whole. */
  readonly dueMs: number;
  /** Roles, queues or people's ids, by kind of finding. */
  readonly owners: Readonly<Partial<Record<AssetFindingKind, string>>>;
  /** Disposals by the books from this date on (`YYYY-MM-DD`) must be proven here; `null`: none must. */
  readonly provenSince: string | null;
}

/** What holds where a policy says nothing of it. */
export const RECONCILIATION: ReconciliationPolicy = {
  every: 'quarter',
  atMinute: 180,
  timeZone: 'UTC',
  dueMs: 86_400_000,
  owners: {},
  provenSince: null,
};

const OWNERS: Readonly<Record<AssetFindingKind, string>> = {
  ghost: 'asset-manager',
  unrecorded: 'asset-manager',
  overdue: 'asset-manager',
  'still-licensed': 'asset-manager',
  'still-depreciating': 'finance',
  unproven: 'asset-manager',
};

export function reconciliationOf({ reconciliation }: Policy): ReconciliationPolicy {
  return reconciliation ?? RECONCILIATION;
}

/** Whose move a finding of that kind is. */
export function findingOwner(kind: AssetFindingKind, policy: Policy): string {
  return reconciliationOf(policy).owners[kind] ?? OWNERS[kind];
}

/** The days that a policy gives the vendor and the books. */
export function daysOf({ handoff, closure }: Policy): ReconciliationDays {
  return {
    receiptMs: handoff.receiptDueMs,
    certificateMs: handoff.certificateDueMs,
    closureMs: closure.dueMs,
  };
}
