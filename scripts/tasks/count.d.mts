/** Types of count.mjs for its test. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}
export function count(run: {
  readonly vitest?: object | undefined;
  readonly stages?: readonly { readonly name: string; readonly outcome: string }[] | undefined;
  readonly tests: number;
  readonly demo: number;
}): Counts;
export function skippedTests(vitest?: object): string[];
export function line(counts: Counts): string;
