/** Facts of a device's way back: labels and boxes, the carrier's word, who took it in, and what was found. */
import type { Judged } from './fact-parts.ts';
import type { AccessoryCheck, InspectionOutcome } from './inspection.ts';
import type { RefundReason } from './return-labels.ts';

export interface ReturnFacts {
  'return.label-bought': {
    readonly epoch: number;
    readonly intentId: string;
    readonly connector: string;
    readonly trackingCode: string;
    /** From 1, which is what its absence means; more than one where a parcel held another unit. */
    readonly number?: number;
  };
  'return.label-unknown': UnknownPurchase;
  /** The way out of the empty box was bought; the label for the way back lies in it. */
  'return.box-sent': {
    readonly epoch: number;
    readonly intentId: string;
    readonly connector: string;
    readonly trackingCode: string;
    /** Of the label that lies in it. */
    readonly number?: number;
  };
  'return.box-unknown': UnknownPurchase;
  /** Nobody will use a label any more, or a box's way out: its money is going to be asked back, whatever is decided later. */
  'return.label-refund-intended': Judged & Refund & { readonly why: RefundReason };
  /** The carrier has answered. `asked`: the label is void. `refused`: it was used, the time was over, or nothing was paid. */
  'return.label-refund-asked': Refund & { readonly outcome: 'asked' | 'refused' };
  'return.box-tracked': ParcelTracked;
  'return.tracked': ParcelTracked;
  'return.chased': { readonly epoch: number; readonly number: number; readonly to: string };
  /** Handed in at an office: the actor is whoever took it. A receipt, and no proof of the return. */
  'return.dropped-off': { readonly epoch: number; readonly receiptId: string; readonly site: string };
  'return.scanned': {
    readonly epoch: number;
    readonly scanId: string;
    readonly site: string;
    readonly condition: string;
    /** The device whose parcel it came out of, where that was another's. */
    readonly parcelOf?: string;
    /** Its own parcel, where somebody looked which one it came out of. */
    readonly trackingCode?: string;
  };
  /** Its parcel held another unit. Told by the serial that was scanned, never by the label. */
  'return.wrong-unit': {
    readonly epoch: number;
    readonly scanId: string;
    readonly trackingCode: string;
    /** In normalised form. */
    readonly foundSerial: string;
    /** `null`: nobody knows such a device. */
    readonly foundDeviceId: string | null;
  };
  /** Looked at where it came back: whether it shows the set-up screen, its state, and what was with it. */
  'device.inspected': {
    readonly epoch: number;
    readonly inspectionId: string;
    readonly setUpScreen: boolean;
    readonly condition: string;
    readonly outcome?: InspectionOutcome;
    readonly accessories?: readonly AccessoryCheck[];
    /** SHA-256 of each photo's bytes, hex. */
    readonly photos?: readonly string[];
  };
}

/** The answer to a purchase was lost, and the carrier shows none. */
interface UnknownPurchase {
  readonly epoch: number;
  readonly intentId: string;
  readonly connector: string;
  readonly number?: number;
}

interface Refund {
  readonly epoch: number;
  /** Of the purchase. */
  readonly intentId: string;
  readonly connector: string;
  readonly trackingCode: string;
}

/** By the carrier's word. */
interface ParcelTracked {
  readonly epoch: number;
  readonly trackingCode: string;
  readonly status: string;
  readonly occurredAt: string;
}
