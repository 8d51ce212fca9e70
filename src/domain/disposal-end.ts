/** What a disposal vendor did with a unit in the end, in one word for the books. */
import type { CustodyState } from './custody-state.ts';
import type { Disposition } from './disposition-end.ts';
import type { Fact } from './fact.ts';
import type { Downstream, VendorOutcome } from './vendor-lines.ts';

export const DISPOSAL_ENDS = [
  'destroyed',
  'sold-domestic',
  'exported',
  'recycled',
  'returned',
  'sanitised',
] as const;
/** `sanitised`: erased, and where it went from there nobody has said. */
export type DisposalEnd = (typeof DISPOSAL_ENDS)[number];

/**
 * By the vendor's latest disposition report. What was destroyed stays so, wherever its material went.
 *
 * @returns `null` while there is no report, and where it says that nothing was done.
 */
export function disposalEnd({ disposed }: Pick<CustodyState, 'disposed'>): DisposalEnd | null {
  return disposed === null ? null : endOf(disposed.data);
}

/** What one report says. */
export interface Reported {
  readonly outcome: VendorOutcome;
  readonly downstream: Downstream;
}

/** @returns `null` where it says that nothing was done. */
export function endOf({ outcome, downstream }: Reported): DisposalEnd | null {
  switch (outcome) {
    case 'not-processed':
      return null;
    case 'destroyed':
      return 'destroyed';
    case 'sanitised':
      return downstream === 'unknown' ? 'sanitised' : downstream;
  }
}

/** The vendor's last word, said before the custody was closed or after. */
export function lastReport({
  disposed,
  reportedLate,
}: Pick<CustodyState, 'disposed' | 'reportedLate'>):
  | Fact<'handoff.disposed'>
  | Fact<'disposition.reported-late'>
  | null {
  return reportedLate.at(-1) ?? disposed;
}

const GOES_ON: ReadonlySet<Downstream> = new Set(['sold-domestic', 'exported', 'returned']);

/**
 * Whether a report and the end of a closed custody cannot both be true: nothing was done with what is sanitised or destroyed;
 * what is destroyed went on to somebody; or the vendor had in hand what is said to be elsewhere.
 */
export function contradictsEnd(ended: Disposition, { outcome, downstream }: Reported): boolean {
  switch (ended) {
    case 'sanitised':
      return outcome === 'not-processed';
    case 'destroyed':
      return outcome === 'not-processed' || (outcome === 'sanitised' && GOES_ON.has(downstream));
    case 'redeployed':
    case 'returned-to-lessor':
    case 'sold-to-employee':
    case 'retained':
    case 'lost':
      return outcome !== 'not-processed';
  }
}
