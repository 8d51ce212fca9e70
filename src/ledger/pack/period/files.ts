/** Files of a period's pack, under `audit/`. */

/** What sources listed: given, and held to the digests that the ledger has of it. */
export const POPULATION = 'audit/population.json';
/** What the operator says and no fact in the pack proves. */
export const STATEMENTS = 'audit/statements.json';

/** Computed from the facts in the pack and the population alone: whoever verifies computes them again. */
export const DERIVED = {
  cases: 'audit/cases.json',
  reconciliation: 'audit/reconciliation.json',
  sample: 'audit/sample.json',
  times: 'audit/times.json',
  decisions: 'audit/decisions.json',
  changes: 'audit/changes.json',
  downtime: 'audit/downtime.json',
  access: 'audit/access.json',
} as const;
export type DerivedName = keyof typeof DERIVED;

export const PERIOD_FILES: ReadonlySet<string> = new Set([POPULATION, STATEMENTS, ...Object.values(DERIVED)]);

/** How much a period's pack may be about; beyond that, ask for a shorter period. */
export const PERIOD_LIMITS = {
  days: 366,
  /** Cases of the population. */
  cases: 5_000,
  /** Accounts that sources list as gone. */
  leavers: 50_000,
  /** Cases whose whole streams travel. */
  sample: 200,
  /** Facts, each with its proof. */
  events: 100_000,
} as const;

/** As many cases as auditors commonly look at. */
export const SAMPLE = 25;
