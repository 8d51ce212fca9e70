/** Lines of the four lists of a pickup, certificates and disposition reports: what is exchanged with a disposal vendor. */
import type { Downstream, VendorOutcome } from './vendor-lines.ts';
import type { Grade } from './wipe.ts';

export interface ManifestLine {
  readonly pickupId: string;
  readonly line: number;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly assetTag: string;
  readonly dataBearing: boolean;
  readonly condition: string;
}

/** One unit as the vendor's driver scanned it at the dock. */
export interface VendorScanLine {
  readonly pickupId: string;
  readonly serial: string;
  readonly model: string;
  readonly scannedAt: string;
}

/** One unit as the facility received it. */
export interface ReceiptLine {
  readonly pickupId: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly receivedAt: string;
  readonly facility: string;
  readonly condition: string;
}

/** Who sanitised or verified, as a certificate prints it. Personal data: kept with the document, not in facts. */
export interface Attestation {
  readonly name: string;
  readonly title: string;
  readonly date: string;
  readonly location: string;
  readonly contact: string;
}

/** One unit's certificate of sanitisation, fields as in NIST SP 800-88 Rev. 1 §4.8. */
export interface CertificateLine {
  readonly certificateId: string;
  readonly pickupId: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly assetTag: string;
  readonly mediaType: string;
  readonly mediaSource: string;
  readonly classification: string;
  readonly level: Exclude<Grade, 'none'>;
  readonly method: string;
  readonly tool: string;
  readonly toolVersion: string;
  readonly verificationMethod: string;
  readonly destination: string;
  readonly sanitizedBy: Attestation;
  readonly verifiedBy: Attestation | null;
  readonly status: 'draft' | 'issued' | 'verified' | 'expired';
  readonly standard: string;
  readonly outcome: 'erased' | 'erased-with-exceptions' | 'not-erased';
  /** Date of the sanitisation, ISO 8601 UTC. */
  readonly date: string;
}

/** What became of one unit, by the vendor's disposition report. */
export interface DispositionLine {
  readonly pickupId: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly assetTag: string;
  /** When it was processed, ISO 8601 UTC. */
  readonly processedAt: string;
  readonly outcome: VendorOutcome;
  readonly downstream: Downstream;
}
