import { stableUuid } from '../core/ids.ts';
import type { EasypostOptions } from './options.ts';

/** Every status a tracker can have. */
export const TRACKER_STATUSES = [
  'unknown',
  'pre_transit',
  'in_transit',
  'out_for_delivery',
  'delivered',
  'available_for_pickup',
  'return_to_sender',
  'failure',
  'cancelled',
  'error',
] as const;
export type TrackerStatus = (typeof TRACKER_STATUSES)[number];

/** Fields that every object has. Times are ISO 8601, whole seconds, UTC. */
export interface EasypostObject {
  readonly id: string;
  readonly object: string;
  readonly mode: EasypostOptions['mode'];
  readonly created_at: string;
  updated_at: string;
}

/** A postal address, as sent, with what the vendor adds. */
export interface Address extends EasypostObject {
  readonly [field: string]: unknown;
}

/** A parcel; weight in ounces, lengths in inches. */
export interface Parcel extends EasypostObject {
  readonly weight: number;
  readonly length: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly predefined_package: string | null;
}

/** A price offered for a shipment. */
export interface Rate extends EasypostObject {
  readonly service: string;
  readonly carrier: string;
  readonly rate: string;
  readonly currency: string;
  readonly shipment_id: string;
  readonly delivery_days: number;
  readonly [field: string]: unknown;
}

/** One scan of a package. */
export interface TrackingDetail {
  readonly object: 'TrackingDetail';
  readonly message: string;
  readonly description: string;
  readonly status: TrackerStatus;
  readonly status_detail: string;
  readonly datetime: string;
  readonly source: string;
  readonly carrier_code: string;
  readonly tracking_location: object;
}

/** A package on its way. */
export interface Tracker extends EasypostObject {
  readonly tracking_code: string;
  readonly carrier: string;
  readonly shipment_id: string | null;
  readonly is_return: boolean;
  status: TrackerStatus;
  status_detail: string;
  signed_by: string | null;
  weight: number | null;
  est_delivery_date: string | null;
  tracking_details: TrackingDetail[];
  readonly carrier_detail: null;
  finalized: boolean;
  readonly public_url: string;
  readonly fees: readonly object[];
}

/** Carriers that bill by the scan have nothing to give back: `not_applicable`. */
export const REFUND_STATUSES = ['submitted', 'refunded', 'rejected', 'not_applicable'] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

/** A shipment; bought once it has a postage label. */
export interface Shipment extends EasypostObject {
  readonly reference: string | null;
  readonly is_return: boolean;
  readonly to_address: Address;
  readonly from_address: Address;
  readonly return_address: Address;
  readonly buyer_address: Address;
  readonly parcel: Parcel;
  readonly options: object;
  readonly rates: readonly Rate[];
  selected_rate: Rate | null;
  postage_label: object | null;
  tracking_code: string | null;
  tracker: Tracker | null;
  refund_status: RefundStatus | null;
  fees: object[];
  status: TrackerStatus;
  readonly [field: string]: unknown;
}

/** A webhook endpoint. The secret is never shown. */
export interface Webhook {
  readonly id: string;
  readonly object: 'Webhook';
  readonly mode: EasypostOptions['mode'];
  url: string;
  readonly created_at: string;
  disabled_at: string | null;
  custom_headers: readonly { readonly key: string; readonly value: string }[];
  secret: string | undefined;
}

/** Something that happened, as webhooks carry it. */
export interface EasypostEvent extends EasypostObject {
  readonly description: string;
  readonly previous_attributes: object;
  pending_urls: string[];
  completed_urls: string[];
  readonly user_id: string;
  status: 'pending' | 'in_queue' | 'retrying' | 'completed' | 'failed';
  /** A snapshot: the tracker as it was when this happened. */
  readonly result: Tracker;
}

/** The whole state of one simulated account. */
export interface Store {
  readonly addresses: Map<string, Address>;
  readonly parcels: Map<string, Parcel>;
  readonly shipments: Map<string, Shipment>;
  readonly trackers: Map<string, Tracker>;
  readonly webhooks: Map<string, Webhook>;
  readonly events: Map<string, EasypostEvent>;
  /** What carriers will say at once to the next requests for refunds, in their order. */
  readonly nextRefunds: RefundStatus[];
  /** Runs through all ids, so that the same calls give the same ids. */
  nextId: number;
}

/** An account in which nothing happened yet. */
export function emptyStore(): Store {
  return {
    addresses: new Map(),
    parcels: new Map(),
    shipments: new Map(),
    trackers: new Map(),
    webhooks: new Map(),
    events: new Map(),
    nextRefunds: [],
    nextId: 1,
  };
}

/** A new id: a prefix that tells the kind, and 32 hexadecimal digits. */
export function newId(store: Store, prefix: string): string {
  return `${prefix}_${stableUuid('easypost', prefix, String(store.nextId++)).replaceAll('-', '')}`;
}

/** The fields that every new object begins with. */
export function newObject(
  store: Store,
  prefix: string,
  object: string,
  mode: EasypostOptions['mode'],
  now: Date,
): EasypostObject {
  return { id: newId(store, prefix), object, mode, created_at: stamp(now), updated_at: stamp(now) };
}

/** A time as the vendor writes it: whole seconds, UTC. */
export function stamp(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
