/** The carrier: how a device comes back. Its word is never proof of a return. Implemented by `easypost/`. */
import type { CallOptions } from '../read-options.ts';

/** EasyPost's closed set, which is also ours. */
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

/** A return shipment that costs nothing yet. */
export interface DraftShipment {
  readonly shipmentId: string;
}

export interface ReturnLabel {
  readonly shipmentId: string;
  readonly trackingCode: string;
  readonly trackerId: string | null;
  readonly labelUrl: string | null;
}

export interface PostalAddress {
  readonly name: string;
  readonly street1: string;
  readonly city: string;
  readonly zip: string;
  readonly country: string;
  readonly state?: string;
  readonly phone?: string;
}

export interface ShipmentRequest {
  readonly from: PostalAddress;
  readonly to: PostalAddress;
  /** Ours and opaque. */
  readonly reference: string;
  readonly weightGrams: number;
}

export interface Carrier {
  /** Drafts a return shipment: free, so a repeated draft does no harm. */
  draftReturn(request: ShipmentRequest, options?: CallOptions): Promise<DraftShipment>;
  /** The same for what we send out ourselves: an empty box. */
  draftOutbound(request: ShipmentRequest, options?: CallOptions): Promise<DraftShipment>;
  /** Buys the label of a draft. Costs money: once, never retried inside. @throws ConnectorError `outcome-unknown` on a lost answer. */
  buyLabel(shipmentId: string, options?: CallOptions): Promise<ReturnLabel>;
  /** The label of a shipment if it was bought, else `null`: how a lost answer is resolved. */
  readLabel(shipmentId: string, options?: CallOptions): Promise<ReturnLabel | null>;
  readTracker(
    trackingCode: string,
    options?: CallOptions,
  ): Promise<{ readonly status: TrackerStatus; readonly occurredAt: string } | null>;
  probe(options?: CallOptions): Promise<{ readonly missing: readonly string[] }>;
}
