/** Labels that were bought and that nobody will use: which of them, and why. Never one that may still bring a device home. */
import type { CustodyState } from '../custody-state.ts';
import { isSpent, numberOf } from '../return-labels.ts';
import type { RefundReason } from '../return-labels.ts';
import type { Purchased } from '../return-state.ts';
import { toMs } from '../time.ts';
import { provenBy } from './return.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Not at once: EasyPost says that a request right after the purchase may be turned down by mistake, without saying how soon;
 * the hour is ours. (https://docs.easypost.com/docs/shipping-refund)
 */
export const REFUND_AFTER_MS = HOUR_MS;

/**
 * Later than this no carrier gives anything back: EasyPost takes requests for labels of UPS and FedEx for 90 days, of USPS for
 * 30 (https://docs.easypost.com/docs/shipping-refund), Shippo for 90
 * (https://support.goshippo.com/hc/en-us/articles/201772785). Which of their own limits counts, the carriers say.
 */
export const REFUND_WITHIN_MS = 90 * DAY_MS;

/**
 * Why that purchase is to be given back now. What was begun is ended, whatever was decided since: the label may be void by then,
 * and only the carrier knows.
 *
 * @param now Epoch milliseconds.
 * @returns `null`: it is not. It was asked for before, it was used, it may still be, or no carrier would take it.
 */
export function refundDue(custody: CustodyState, bought: Purchased, now: number): RefundReason | null {
  const age = now - toMs(bought.at);
  if (age < REFUND_AFTER_MS || age > REFUND_WITHIN_MS) return null;
  const begun = custody.refunds.find(({ intended }) => intended.data.intentId === bought.data.intentId);
  if ((begun !== undefined && begun.asked !== null) || wasUsed(custody, bought)) return null;
  return begun?.intended.data.why ?? whyUnneeded(custody, bought);
}

/** Why nothing will come or go by that label any more; `null` while it may be the way home of the device. */
export function whyUnneeded(custody: CustodyState, bought: Purchased): RefundReason | null {
  if (custody.returned !== null) return 'scanned-in';
  if (custody.droppedOff !== null) return 'dropped-off';
  if (custody.cancelled !== null) return 'cancelled';
  if (provenBy(custody) !== null) return 'no-return';
  return numberOf(bought) < numberOf(custody.label) ? 'replaced' : null;
}

/**
 * By the carrier's word, or because somebody scanned what was in the parcel. A box whose label was used was sent, whatever is
 * said of it: the label lay in it.
 */
function wasUsed(custody: CustodyState, bought: Purchased): boolean {
  const number = numberOf(bought);
  return custody.purchases.some(
    (one) =>
      (one === bought || (one.type === 'return.label-bought' && numberOf(one) === number)) &&
      hasGone(custody, one.data.trackingCode),
  );
}

function hasGone(custody: CustodyState, trackingCode: string): boolean {
  return (
    custody.moved.has(trackingCode) ||
    isSpent(custody, trackingCode) ||
    custody.returned?.data.trackingCode === trackingCode
  );
}
