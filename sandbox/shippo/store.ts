import { stableUuid } from '../core/ids.ts';

/** Every status a package can have. What is between them is told by a substatus. */
export const TRACKING_STATUSES = [
  'UNKNOWN',
  'PRE_TRANSIT',
  'TRANSIT',
  'DELIVERED',
  'RETURNED',
  'FAILURE',
] as const;
export type TrackingStatusName = (typeof TRACKING_STATUSES)[number];

export type TransactionStatus =
  | 'WAITING'
  | 'QUEUED'
  | 'SUCCESS'
  | 'ERROR'
  | 'REFUNDED'
  | 'REFUNDPENDING'
  | 'REFUNDREJECTED';

/** Fields that every object has. Times are ISO 8601 with milliseconds, UTC. */
export interface ShippoObject {
  readonly object_id: string;
  readonly object_owner: string;
  readonly object_created: string;
  object_updated: string;
  readonly test: boolean;
}

/** A line of what a carrier has to say: `code` and `text` are the carrier's own. */
export interface Message {
  readonly source: string;
  readonly code: string;
  readonly text: string;
}

/** A price offered for a shipment. Amounts are decimal text. */
export interface Rate extends ShippoObject {
  readonly shipment: string;
  readonly amount: string;
  readonly currency: string;
  readonly provider: string;
  readonly carrier_account: string;
  readonly servicelevel: { readonly name: string; readonly token: string };
  readonly [field: string]: unknown;
}

/** What is to be sent. It costs nothing; its rates do when bought. */
export interface Shipment extends ShippoObject {
  status: 'QUEUED' | 'WAITING' | 'SUCCESS' | 'ERROR';
  readonly address_from: Readonly<Record<string, unknown>>;
  readonly address_to: Readonly<Record<string, unknown>>;
  readonly parcels: readonly object[];
  readonly extra: Readonly<Record<string, unknown>>;
  readonly metadata: string;
  rates: Rate[];
  messages: Message[];
  readonly [field: string]: unknown;
}

/** A label that was bought, or is being bought. */
export interface Transaction extends ShippoObject {
  status: TransactionStatus;
  readonly object_state: 'VALID';
  readonly rate: string;
  readonly metadata: string;
  readonly label_file_type: string;
  tracking_number: string;
  tracking_status: TrackingStatusName;
  tracking_url_provider: string;
  label_url: string;
  qr_code_url: string | null;
  messages: Message[];
  readonly [field: string]: unknown;
}

export interface Refund extends ShippoObject {
  status: 'QUEUED' | 'PENDING' | 'SUCCESS' | 'ERROR';
  readonly transaction: string;
}

/** One scan of a package. */
export interface TrackingStatus {
  readonly object_id: string;
  readonly object_created: string;
  readonly object_updated: string;
  readonly status: TrackingStatusName;
  readonly substatus: {
    readonly code: string;
    readonly text: string;
    readonly action_required: boolean;
  } | null;
  readonly status_details: string;
  /** The carrier's own time. */
  readonly status_date: string;
  readonly location: null;
}

/** A package on its way, known by its carrier and number together. */
export interface Track {
  readonly carrier: string;
  readonly tracking_number: string;
  readonly transaction: string | null;
  readonly metadata: string;
  readonly address_from: null;
  readonly address_to: null;
  readonly eta: null;
  readonly messages: readonly string[];
  tracking_status: TrackingStatus | null;
  tracking_history: TrackingStatus[];
}

export interface Webhook extends ShippoObject {
  url: string;
  event: string;
  active: boolean;
  is_test: boolean;
}

/** A carrier whose labels the account sells. */
export interface CarrierAccount {
  readonly object_id: string;
  readonly account_id: string;
  readonly carrier: string;
  readonly parameters: object;
  readonly active: boolean;
}

/** A webhook body as it was sent, to be sent again. */
export interface SentEvent {
  readonly id: string;
  readonly event: string;
  readonly body: string;
}

/** The whole state of one simulated account. */
export interface Store {
  readonly shipments: Map<string, Shipment>;
  readonly rates: Map<string, Rate>;
  readonly transactions: Map<string, Transaction>;
  readonly refunds: Map<string, Refund>;
  /** By `carrier/number`. */
  readonly tracks: Map<string, Track>;
  readonly webhooks: Map<string, Webhook>;
  readonly events: Map<string, SentEvent>;
  /** What becomes of the next purchases; empty: they succeed at once. */
  readonly nextPurchases: NextPurchase[];
  /** Runs through all ids, so that the same calls give the same ids. */
  nextId: number;
}

export interface NextPurchase {
  readonly status: 'SUCCESS' | 'ERROR';
  /** Answered as QUEUED first, though the client asked to wait for it; milliseconds. */
  readonly queuedMs?: number | undefined;
}

export function emptyStore(): Store {
  return {
    shipments: new Map(),
    rates: new Map(),
    transactions: new Map(),
    refunds: new Map(),
    tracks: new Map(),
    webhooks: new Map(),
    events: new Map(),
    nextPurchases: [],
    nextId: 1,
  };
}

/** A new id: 32 hexadecimal digits, which tell no kind. */
export function newId(store: Store): string {
  return stableUuid('shippo', String(store.nextId++)).replaceAll('-', '');
}

export function newObject(store: Store, now: Date): ShippoObject {
  return {
    object_id: newId(store),
    object_owner: 'sandbox@shippo.test',
    object_created: now.toISOString(),
    object_updated: now.toISOString(),
    test: true,
  };
}
