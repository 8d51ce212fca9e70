/** Shippo's objects in our words. */
import { toUtcIso } from '../../clients/utc.ts';
import type { ParcelWord, ReturnLabel, TrackerStatus } from '../port.ts';
import type { Rate, TrackingStatus, Transaction } from './schema.ts';
import type { ShippoSettings } from './settings.ts';

/** What was paid for, whether or not the money was asked back since. */
const BOUGHT = new Set(['SUCCESS', 'REFUNDED', 'REFUNDPENDING', 'REFUNDREJECTED']);

/** Whose returns the vendor makes itself, addresses switched: an offer of anybody else would go the wrong way. */
const SCAN_BASED = new Set(['usps', 'ups', 'fedex']);

/** The draft's id: the shipment, and the offer that will be bought, so that a purchase can be found by it whatever the settings say then. */
export function draftId(rate: Rate): string {
  return `${rate.shipment}:${rate.object_id}`;
}

/** The offer of a draft; `null` for what is no draft's id. */
export function rateOf(shipmentId: string): string | null {
  return /^[\w-]{1,48}:([\w-]{1,48})$/u.exec(shipmentId)?.[1] ?? null;
}

/** The label of a purchase; `null` while there is none. */
export function toLabel(shipmentId: string, transaction: Transaction): ReturnLabel | null {
  const { object_id: id, status, tracking_number: trackingCode, label_url: labelUrl } = transaction;
  if (!BOUGHT.has(status) || trackingCode === null || trackingCode === undefined || trackingCode === '')
    return null;
  return {
    shipmentId,
    trackingCode,
    trackerId: id,
    labelUrl: textOrNull(labelUrl),
    qrCodeUrl: textOrNull(transaction.qr_code_url),
  };
}

/** The cheapest offer that the settings allow; the first of equals. */
export function cheapest(
  rates: readonly Rate[],
  settings: ShippoSettings,
  scanBased: boolean,
): Rate | undefined {
  const carriers = new Set(settings.carriers.map((name) => name.toLowerCase()));
  const allowed = rates.filter((rate) => {
    const carrier = rate.provider.toLowerCase();
    if (scanBased && !SCAN_BASED.has(carrier)) return false;
    return rate.currency === settings.currency && (carriers.size === 0 || carriers.has(carrier));
  });
  return allowed.toSorted((a, b) => Number(a.amount) - Number(b.amount))[0];
}

/** `null`: no readable time at all. */
export function toWord(tracking: TrackingStatus): ParcelWord | null {
  const occurredAt = toUtcIso(tracking.status_date ?? tracking.object_updated ?? '');
  return occurredAt === null ? null : { status: statusOf(tracking), occurredAt };
}

/** Substatuses that say more than the status; the others are detail. */
const FINER: Readonly<Record<string, TrackerStatus>> = {
  out_for_delivery: 'out_for_delivery',
  pickup_available: 'available_for_pickup',
};

function statusOf({ status, substatus }: TrackingStatus): TrackerStatus {
  switch (status) {
    case 'UNKNOWN':
      return 'unknown';
    case 'PRE_TRANSIT':
      return 'pre_transit';
    case 'TRANSIT':
      return FINER[substatus?.code ?? ''] ?? 'in_transit';
    case 'DELIVERED':
      return 'delivered';
    case 'RETURNED':
      return 'return_to_sender';
    case 'FAILURE':
      return 'failure';
  }
}

function textOrNull(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
