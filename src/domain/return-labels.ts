/**
 * Which label for the way back is to be bought next, and which box it lies in: each by its number, from 1; and which are given
 * back.
 */
import type { Fact } from './fact.ts';
import type { ReturnState } from './return-state.ts';

/**
 * Why a label that was bought will not be used: the device is here (scanned in, or handed in at an office), its custody is
 * over, it comes back no more by its route, or another label took this one's place.
 */
export const REFUND_REASONS = ['scanned-in', 'dropped-off', 'cancelled', 'no-return', 'replaced'] as const;
export type RefundReason = (typeof REFUND_REASONS)[number];

type Bought = Fact<'return.label-bought' | 'return.label-unknown' | 'return.box-sent' | 'return.box-unknown'>;

/** Facts of earlier versions have no number: there was one of each. */
export function numberOf(fact: Bought | null): number {
  return fact === null ? 0 : (fact.data.number ?? 1);
}

/** Whether that parcel was opened and held another unit: its label brings nothing back any more. */
export function isSpent({ wrongUnits }: Pick<ReturnState, 'wrongUnits'>, trackingCode: string): boolean {
  return wrongUnits.some(({ data }) => data.trackingCode === trackingCode);
}

/** Whether that label of the given number is void: its money was asked back, or that of the box that it lies in. */
export function isGivenBack({ purchases, refunds }: ReturnState, number: number): boolean {
  const given = new Set(
    refunds.map(({ asked }) => (asked?.data.outcome === 'asked' ? asked.data.intentId : '')),
  );
  return purchases.some((bought) => numberOf(bought) === number && given.has(bought.data.intentId));
}

/**
 * The number of the label to buy. The first always; another once the parcel of the one before held another unit, and
 * `most` allows it, or where the one before was given back, which then does not count. A purchase that nobody knows the end
 * of is never followed by another.
 *
 * @returns `null`: none.
 */
export function nextLabel(state: ReturnState, most: number): number | null {
  const { label, labelUnknown, purchases } = state;
  if (numberOf(labelUnknown) > numberOf(label)) return null;
  if (label === null) return 1;
  const number = numberOf(label);
  if (!isSpent(state, label.data.trackingCode) && !isGivenBack(state, number)) return null;
  const counting = purchases.filter(
    (bought) => bought.type === 'return.label-bought' && !isGivenBack(state, numberOf(bought)),
  );
  return counting.length < most ? number + 1 : null;
}

/** The number of the box to send: that of the label that lies in it. @returns `null`: it was sent, or there is no label for one. */
export function nextBox(state: ReturnState): number | null {
  const { label, box, boxUnknown } = state;
  if (label === null || isSpent(state, label.data.trackingCode)) return null;
  const number = numberOf(label);
  if (isGivenBack(state, number)) return null;
  return numberOf(box) === number || numberOf(boxUnknown) === number ? null : number;
}
