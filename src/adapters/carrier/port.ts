/** The carrier: how a device comes back. Its word is never proof of a return. Implemented by `easypost/` and `shippo/`. */
import type { CallOptions } from '../read-options.ts';

/** EasyPost's closed set, which is also ours: what others say is mapped to it. */
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
  /** Opaque: what the label is bought by, and read back by. At most 100 characters. */
  readonly shipmentId: string;
}

export interface ReturnLabel {
  readonly shipmentId: string;
  readonly trackingCode: string;
  readonly trackerId: string | null;
  readonly labelUrl: string | null;
  /** Where a shop prints the label from a code on a telephone; absent or `null` where the carrier has none. */
  readonly qrCodeUrl?: string | null;
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

/** A parcel as it was bought. Its code alone names no carrier. */
export interface ParcelRef {
  readonly trackingCode: string;
  /** The draft that its label was bought by; `null` where that was not kept. */
  readonly shipmentId: string | null;
}

export interface ParcelWord {
  readonly status: TrackerStatus;
  /** The carrier's own time, ISO 8601 UTC with milliseconds. */
  readonly occurredAt: string;
}

export interface Carrier {
  /** Drafts a return shipment: free, so a repeated draft does no harm. */
  draftReturn(request: ShipmentRequest, options?: CallOptions): Promise<DraftShipment>;
  /** The same for what we send out ourselves: an empty box. */
  draftOutbound(request: ShipmentRequest, options?: CallOptions): Promise<DraftShipment>;
  /** Buys the label of a draft. Costs money: once, never retried inside. @throws ConnectorError `outcome-unknown` on a lost answer. */
  buyLabel(shipmentId: string, options?: CallOptions): Promise<ReturnLabel>;
  /**
   * The label of a shipment if it was bought, else `null`: how a lost answer is resolved.
   *
   * @throws ConnectorError `retryable` while the vendor is still making it, `refused` where it says that it could not.
   */
  readLabel(shipmentId: string, options?: CallOptions): Promise<ReturnLabel | null>;
  /**
   * Asks for the money back for a label that was not used. Reads first, so it may be called again after a lost answer. Whether
   * the carrier gives it back is known days later, and is not waited for.
   *
   * @returns `refused`: it was used, or nothing was bought.
   */
  refundLabel(shipmentId: string, options?: CallOptions): Promise<'asked' | 'refused'>;
  /** Where a parcel is by the carrier's word; `null` for one that it knows nothing of. */
  readTracker(parcel: ParcelRef, options?: CallOptions): Promise<ParcelWord | null>;
  probe(options?: CallOptions): Promise<{ readonly missing: readonly string[] }>;
}
