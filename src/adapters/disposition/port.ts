/**
 * The disposal vendor (ITAD): a pickup is booked, a manifest goes out; a scan of what was collected, a facility receipt and
 * certificates come back, always serial by serial, and in the end what became of each unit. Implemented by `generic/` (files and webhooks).
 */
import type { CallOptions } from '../read-options.ts';
import type {
  CertificateLine,
  DispositionLine,
  ManifestLine,
  ReceiptLine,
  VendorScanLine,
} from '../../domain/disposition.ts';

/** A list as the vendor sent it: parsed lines beside the exact document, for its digest and the evidence. */
export interface VendorDocument<T> {
  readonly lines: readonly T[];
  readonly document: Buffer;
  readonly contentType: string;
}

/** What a vendor's webhook may announce, and what its pickups may wait for. */
export type Announced = 'scanned' | 'receipt' | 'certificates' | 'dispositions';

export interface DispositionVendor {
  /** Books a pickup. Idempotent per pickup id by the vendor's contract. */
  bookPickup(
    request: {
      readonly pickupId: string;
      readonly site: string;
      readonly windowFrom: string;
      readonly windowTo: string;
    },
    options?: CallOptions,
  ): Promise<{ readonly reference: string }>;
  /** Sends the frozen manifest (replaces what was sent before: idempotent). */
  sendManifest(pickupId: string, lines: readonly ManifestLine[], options?: CallOptions): Promise<void>;
  /** What the vendor's driver scanned; `null` while there is none. */
  readVendorScan(pickupId: string, options?: CallOptions): Promise<VendorDocument<VendorScanLine> | null>;
  /** May name units of other pickups as well: vendors consolidate. The same of certificates. */
  readReceipt(pickupId: string, options?: CallOptions): Promise<VendorDocument<ReceiptLine> | null>;
  readCertificates(pickupId: string, options?: CallOptions): Promise<VendorDocument<CertificateLine> | null>;
  /** The same again; `null` also where the vendor reports nothing of the kind. */
  readDispositions(pickupId: string, options?: CallOptions): Promise<VendorDocument<DispositionLine> | null>;
  probe(options?: CallOptions): Promise<{ readonly missing: readonly string[] }>;
}
