/** EasyPost's objects in our words. */
import { toUtcIso } from '../../clients/utc.ts';
import type { ReturnLabel, TrackerStatus } from '../port.ts';
import type { Rate, Shipment, Tracker } from './schema.ts';
import type { EasypostSettings } from './settings.ts';

const GRAMS_PER_OUNCE = 28.349523125;

/** EasyPost weighs in ounces, with one decimal. */
export function ounces(grams: number): number {
  return Math.max(0.1, Math.round((grams / GRAMS_PER_OUNCE) * 10) / 10);
}

/** The label of a shipment; `null` while none was bought. */
export function toLabel(shipment: Shipment): ReturnLabel | null {
  if (shipment.postage_label === null || shipment.tracking_code === null) return null;
  return {
    shipmentId: shipment.id,
    trackingCode: shipment.tracking_code,
    trackerId: shipment.tracker?.id ?? null,
    labelUrl: shipment.postage_label.label_url,
  };
}

/** What became of the question for the money. Carriers that bill by the scan say `not_applicable`: nothing was paid yet. */
export function refundOf({ refund_status: status }: Shipment): 'asked' | 'refused' {
  return status === 'submitted' || status === 'refunded' ? 'asked' : 'refused';
}

/** The cheapest offer that the settings allow; the first of equals. */
export function cheapest(rates: readonly Rate[], settings: EasypostSettings): Rate | undefined {
  const carriers = new Set(settings.carriers.map((name) => name.toLowerCase()));
  const allowed = rates.filter(
    (rate) =>
      rate.currency === settings.currency &&
      (carriers.size === 0 || carriers.has(rate.carrier.toLowerCase())),
  );
  return allowed.toSorted((a, b) => Number(a.rate) - Number(b.rate))[0];
}

/** Status and the time of the newest scan; where there is none, the tracker's last change. `null`: no readable time at all. */
export function toTracking(
  tracker: Tracker,
): { readonly status: TrackerStatus; readonly occurredAt: string } | null {
  const scans = tracker.tracking_details.flatMap(({ datetime }) =>
    datetime === null ? [] : (toUtcIso(datetime) ?? []),
  );
  const occurredAt = scans.toSorted((a, b) => a.localeCompare(b)).at(-1) ?? toUtcIso(tracker.updated_at);
  return occurredAt === null ? null : { status: tracker.status, occurredAt };
}
