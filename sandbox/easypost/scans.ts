import { stamp } from './store.ts';
import type { Tracker, TrackerStatus, TrackingDetail } from './store.ts';

/** What a carrier reports. Absent fields get what is usual for the status. */
export interface Scan {
  readonly status: TrackerStatus;
  readonly statusDetail?: string | undefined;
  readonly message?: string | undefined;
  /** When the carrier scanned it, which may be before scans that are known already. */
  readonly at: Date;
  readonly signedBy?: string | undefined;
  /** Ounces, as the carrier measured. */
  readonly weight?: number | undefined;
}

const USUAL: Readonly<Record<TrackerStatus, readonly [detail: string, message: string]>> = {
  unknown: ['unknown', 'No information'],
  pre_transit: ['label_created', 'Pre-shipment information received'],
  in_transit: ['arrived_at_facility', 'Arrived at a facility'],
  out_for_delivery: ['out_for_delivery', 'Out for delivery'],
  delivered: ['arrived_at_destination', 'Delivered'],
  available_for_pickup: ['arrived_at_pickup_location', 'Available for pickup'],
  return_to_sender: ['return', 'Being returned to the sender'],
  failure: ['lost', 'Delivery failed'],
  cancelled: ['cancelled', 'Cancelled'],
  error: ['unknown', 'Error'],
};

const FINAL: readonly TrackerStatus[] = ['delivered', 'return_to_sender', 'failure', 'cancelled', 'error'];

/** Adds a scan. The tracker's status is that of its newest scan by the carrier's clock, so a late one changes nothing else. Returns what was there before. */
export function addScan(tracker: Tracker, scan: Scan, now: Date): { readonly status: TrackerStatus } {
  const previous = { status: tracker.status };
  const [usualDetail, usualMessage] = USUAL[scan.status];
  const detail: TrackingDetail = {
    object: 'TrackingDetail',
    message: scan.message ?? usualMessage,
    description: '',
    status: scan.status,
    status_detail: scan.statusDetail ?? usualDetail,
    datetime: stamp(scan.at),
    source: tracker.carrier,
    carrier_code: '',
    tracking_location: { object: 'TrackingLocation', city: null, state: null, country: null, zip: null },
  };
  tracker.tracking_details = [...tracker.tracking_details, detail].toSorted((a, b) =>
    a.datetime.localeCompare(b.datetime),
  );
  const newest = tracker.tracking_details.at(-1) ?? detail;
  tracker.status = newest.status;
  tracker.status_detail = newest.status_detail;
  tracker.finalized = FINAL.includes(newest.status);
  if (scan.signedBy !== undefined) tracker.signed_by = scan.signedBy;
  if (scan.weight !== undefined) tracker.weight = scan.weight;
  tracker.updated_at = stamp(now);
  return previous;
}
