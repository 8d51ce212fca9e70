/** What a disposal vendor did with a unit in the end, in one word for the books. */
import type { CustodyState } from './custody-state.ts';

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
  if (disposed === null) return null;
  const { outcome, downstream } = disposed.data;
  switch (outcome) {
    case 'not-processed':
      return null;
    case 'destroyed':
      return 'destroyed';
    case 'sanitised':
      return downstream === 'unknown' ? 'sanitised' : downstream;
  }
}
