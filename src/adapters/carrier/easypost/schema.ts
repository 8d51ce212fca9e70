/** What we read of EasyPost's objects (API v2). Everything else, addresses above all, is dropped here. */
import { z } from 'zod';
import { TRACKER_STATUSES } from '../port.ts';

const Rate = z.object({
  id: z.string().min(1),
  carrier: z.string(),
  /** Decimal text. */
  rate: z.string().regex(/^\d+(\.\d+)?$/u),
  currency: z.string(),
});
export type Rate = z.infer<typeof Rate>;

export const Shipment = z.object({
  id: z.string().min(1),
  rates: z.array(Rate),
  tracking_code: z.string().min(1).nullable(),
  tracker: z.object({ id: z.string().min(1) }).nullable(),
  /** Not null exactly when the label was bought. */
  postage_label: z.object({ label_url: z.string().nullable() }).nullable(),
  /** `submitted`, `refunded`, `rejected`, `not_applicable`; null or absent while nobody asked. */
  refund_status: z.string().nullable().default(null),
});
export type Shipment = z.infer<typeof Shipment>;

export const Tracker = z.object({
  id: z.string().min(1),
  tracking_code: z.string().min(1),
  status: z.enum(TRACKER_STATUSES),
  created_at: z.string(),
  updated_at: z.string(),
  tracking_details: z.array(z.object({ datetime: z.string().nullable() })),
});
export type Tracker = z.infer<typeof Tracker>;

export const TrackerList = z.object({ trackers: z.array(Tracker) });

export const ShipmentList = z.object({ shipments: z.array(z.object({ id: z.string() })) });

/** A webhook's body. Which object `result` is depends on `description`. */
export const Event = z.object({ id: z.string().min(1), description: z.string(), result: z.unknown() });
