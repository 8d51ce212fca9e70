/** Which label for the way back is to be bought next, and which box it lies in: each by its number, from 1. */
import type { Fact } from './fact.ts';
import type { ReturnState } from './return-state.ts';

type Bought = Fact<'return.label-bought' | 'return.label-unknown' | 'return.box-sent' | 'return.box-unknown'>;

/** Facts of earlier versions have no number: there was one of each. */
export function numberOf(fact: Bought | null): number {
  return fact === null ? 0 : (fact.data.number ?? 1);
}

/** Whether that parcel was opened and held another unit: its label brings nothing back any more. */
export function isSpent({ wrongUnits }: Pick<ReturnState, 'wrongUnits'>, trackingCode: string): boolean {
  return wrongUnits.some(({ data }) => data.trackingCode === trackingCode);
}

/**
 * The number of the label to buy. The first always; another once the parcel of the one before held another unit, and
 * `most` allows it. A purchase that nobody knows the end of is never followed by another.
 *
 * @returns `null`: none.
 */
export function nextLabel(state: ReturnState, most: number): number | null {
  const { label, labelUnknown } = state;
  if (numberOf(labelUnknown) > numberOf(label)) return null;
  if (label === null) return 1;
  const next = numberOf(label) + 1;
  return isSpent(state, label.data.trackingCode) && next <= most ? next : null;
}

/** The number of the box to send: that of the label that lies in it. @returns `null`: it was sent, or there is no label for one. */
export function nextBox(state: ReturnState): number | null {
  const { label, box, boxUnknown } = state;
  if (label === null || isSpent(state, label.data.trackingCode)) return null;
  const number = numberOf(label);
  return numberOf(box) === number || numberOf(boxUnknown) === number ? null : number;
}
