/** The books held against receipts, certificates and dispositions: what is compared, and what may not fit. */
import type { DisposalEnd } from './disposal-end.ts';
import type { Disposition } from './disposition-end.ts';
import type { VendorList } from './vendor-lines.ts';

/**
 * What does not fit. `ghost`: on the books as ours, and not there any more. `unrecorded`: a vendor has it, or destroyed it,
 * and it was on no manifest or is in no books. `overdue`: on its way to disposal, and past the policy's days. `still-licensed`
 * and `still-depreciating`: gone, and still paid for. `unproven`: disposed of by the books, and nothing proves it, or the vendor says otherwise.
 */
export const ASSET_FINDINGS = [
  'ghost',
  'unrecorded',
  'overdue',
  'still-licensed',
  'still-depreciating',
  'unproven',
] as const;
export type AssetFindingKind = (typeof ASSET_FINDINGS)[number];

export type AssetFindingReason =
  /** Ghosts: how it is known that it is gone. */
  | 'custody-ended'
  | 'vendor-says'
  /** Unrecorded. */
  | 'never-manifested'
  | 'not-in-books'
  | 'in-neither'
  /** Overdue: what has not come. */
  | 'no-receipt'
  | 'no-certificate'
  | 'no-closure'
  /** Still paid for: gone by the books themselves, or by our facts alone. */
  | 'ended-in-books'
  | 'gone'
  /** Unproven: nothing is known of it here, or the books name another document. */
  | 'no-evidence'
  | 'other-reference'
  /** The vendor, asked last, did nothing with it, or says of it what the books do not. */
  | 'not-processed'
  | 'other-disposition';

/** Where an asset stands in the books, in the words of the inventory port. */
export type BookState =
  | 'disposed'
  | 'in-stock'
  | 'returned-to-lessor'
  | 'sold'
  | 'lost'
  | 'found'
  | 'retained'
  | 'in-use'
  | 'pending'
  | 'other';

/** One record of one inventory, as it was read. */
export interface BookRecord {
  readonly connector: string;
  readonly externalId: string;
  readonly state: BookState;
  /** The installation's own word for that state. */
  readonly label: string;
  readonly reference: string | null;
  /** Date of the final disposition, `YYYY-MM-DD`. */
  readonly closedOn: string | null;
  /** Our word for what became of it; empty where its place is, `null` where there is no place for it. */
  readonly disposition: string | null;
  /** `null`: the inventory does not say. */
  readonly licences: number | null;
  readonly depreciating: boolean | null;
  /** Epoch milliseconds: what happened later is not held against it. */
  readonly readAt: number;
}

/** The days that a policy gives, milliseconds. */
export interface ReconciliationDays {
  readonly receiptMs: number;
  readonly certificateMs: number;
  readonly closureMs: number;
}

/** What our facts say of the latest custody of a device. Times are epoch milliseconds; `null`: it has not happened. */
export interface CustodyTold {
  readonly deviceId: string;
  readonly epoch: number;
  readonly state: 'open' | 'closed' | 'cancelled';
  readonly handedOverAt: number | null;
  readonly receivedAt: number | null;
  /** When the certificate came that the policy accepts. */
  readonly certifiedAt: number | null;
  readonly disposedAt: number | null;
  /** The vendor's last word on what became of it; `end` is `null` where it did nothing. */
  readonly reported: { readonly at: number; readonly end: DisposalEnd | null } | null;
  /** Whether the books, read back, said what they had to. */
  readonly booksClosed: boolean;
  /** The inventory that was written to; `null` while none was. */
  readonly closedIn: string | null;
  /** Documents that the record may refer to: certificates, and what the closure wrote. */
  readonly references: readonly string[];
  /** `null` while it has not ended. */
  readonly ended: { readonly at: number; readonly disposition: Disposition } | null;
  readonly days: ReconciliationDays;
}

/** A line of a vendor's list that names the serial and belongs to no device in custody. */
export interface VendorWord {
  readonly list: VendorList;
  /** When it came to us, epoch milliseconds. */
  readonly at: number;
}

/** Everything that is known of one serial. */
export interface SerialRecords {
  readonly serial: string;
  readonly books: readonly BookRecord[];
  /** The latest of each device with that serial. */
  readonly custodies: readonly CustodyTold[];
  readonly words: readonly VendorWord[];
  /** Whether any manifest that left, or is about to, names it. */
  readonly manifested: boolean;
}

/** What a run is judged by. */
export interface ReconciliationTerms {
  /** When everything had been read, epoch milliseconds. */
  readonly now: number;
  /** When the reading of the books began; `null`: no inventory is connected, and nothing can be missing from one. */
  readonly booksSince: number | null;
  /** Of the policy in force, for what is in no custody. */
  readonly days: ReconciliationDays;
  /** Disposals by the books from this date on (`YYYY-MM-DD`) must be proven here; `null`: none must. */
  readonly provenSince: string | null;
}

export interface AssetFinding {
  readonly kind: AssetFindingKind;
  readonly reason: AssetFindingReason;
  readonly serial: string;
  /** The record that does not fit; `null` where it is about no record. */
  readonly record: BookRecord | null;
  readonly deviceId: string | null;
  readonly epoch: number | null;
  /** Since when it does not fit, epoch milliseconds; `null` where nobody knows. */
  readonly since: number | null;
}
