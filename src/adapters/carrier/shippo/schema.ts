/** What we read of Shippo's objects (API version 2018-02-08). Everything else, addresses above all, is dropped here. */
import { z } from 'zod';

export const Rate = z.object({
  object_id: z.string().min(1),
  shipment: z.string().min(1),
  /** Decimal text. */
  amount: z.string().regex(/^\d+(\.\d+)?$/u),
  currency: z.string(),
  /** The carrier's name, as people know it. */
  provider: z.string(),
  /** The account with the carrier, which knows the carrier's token. */
  carrier_account: z.string().min(1),
});
export type Rate = z.infer<typeof Rate>;

export const Shipment = z.object({
  object_id: z.string().min(1),
  status: z.enum(['QUEUED', 'WAITING', 'SUCCESS', 'ERROR']),
  rates: z.array(Rate),
});
export type Shipment = z.infer<typeof Shipment>;

export const CarrierAccount = z.object({ carrier: z.string().regex(/^[a-z0-9_]+$/u) });

export const Transaction = z.object({
  object_id: z.string().min(1),
  status: z.enum(['QUEUED', 'WAITING', 'SUCCESS', 'ERROR', 'REFUNDED', 'REFUNDPENDING', 'REFUNDREJECTED']),
  /** Its id; webhooks hold the rate itself. */
  rate: z.union([z.string(), z.object({ object_id: z.string() }).transform(({ object_id: id }) => id)]),
  tracking_number: z.string().nullish(),
  label_url: z.string().nullish(),
  /** A code that a post office prints the label from, where the carrier has one. */
  qr_code_url: z.string().nullish(),
});
export type Transaction = z.infer<typeof Transaction>;

export const TransactionList = z.object({
  /** Address of the next page. */
  next: z.string().nullish(),
  results: z.array(Transaction),
});

export const Refund = z.object({ status: z.enum(['QUEUED', 'PENDING', 'SUCCESS', 'ERROR']) });

const TrackingStatus = z.object({
  status: z.enum(['UNKNOWN', 'PRE_TRANSIT', 'TRANSIT', 'DELIVERED', 'RETURNED', 'FAILURE']),
  substatus: z.object({ code: z.string() }).nullish(),
  /** The carrier's own time; absent where it told none. */
  status_date: z.string().nullish(),
  object_updated: z.string().nullish(),
});
export type TrackingStatus = z.infer<typeof TrackingStatus>;

export const Track = z.object({
  carrier: z.string(),
  tracking_number: z.string().min(1),
  /** The purchase, where the label was bought at Shippo. */
  transaction: z.string().nullish(),
  /** `null` while no carrier has said anything. */
  tracking_status: TrackingStatus.nullish(),
});
export type Track = z.infer<typeof Track>;

/** A webhook's body. Which object `data` is depends on `event`. */
export const Event = z.object({ event: z.string(), data: z.unknown() });
