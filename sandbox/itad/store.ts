import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { CertificateLine, DispositionLine, ManifestLine, ReceiptLine, ScanLine } from './lines.ts';

/** What a booking asks for. */
export const Booking = z.strictObject({
  pickupId: z.string().min(1).max(100),
  /** Where to collect: a name, or an address with whatever fields it has. */
  site: z.union([z.string().min(1), z.record(z.string(), z.unknown())]),
  window: z.strictObject({ from: z.iso.datetime({ offset: true }), to: z.iso.datetime({ offset: true }) }),
  contact: z.union([z.string().min(1), z.record(z.string(), z.unknown())]),
});
export type Booking = z.infer<typeof Booking>;

/** How far a pickup is. Certificates may come in parts; `certified` means one for every unit received. */
export type PickupStatus = 'booked' | 'manifested' | 'collected' | 'received' | 'certified';

/** A customer's manifest as it was last sent. */
export interface Manifest {
  readonly lines: readonly ManifestLine[];
  readonly receivedAt: string;
  /** Digest of the lines, whatever format they came in. */
  readonly sha256: string;
}

/** What the crew scanned when it loaded the truck. */
export interface Scan {
  readonly scannedAt: string;
  readonly scannedBy: string;
  readonly seal: string | null;
  readonly lines: readonly ScanLine[];
}

/** One collection. */
export interface Pickup {
  readonly booking: Booking;
  readonly bookingReference: string;
  readonly bookedAt: string;
  manifest: Manifest | null;
  scan: Scan | null;
  readonly receipt: ReceiptLine[];
  readonly certificates: CertificateLine[];
  readonly dispositions: DispositionLine[];
}

/** The whole state of one simulated vendor. */
export interface Store {
  readonly pickups: Map<string, Pickup>;
  nextCertificate: number;
}

/** A vendor without bookings. */
export function emptyStore(): Store {
  return { pickups: new Map(), nextCertificate: 1 };
}

/** How far a pickup is, from what is known about it. */
export function statusOf(pickup: Pickup): PickupStatus {
  if (pickup.receipt.length > 0) {
    const certified = new Set(pickup.certificates.map(({ serial }) => serial));
    return pickup.receipt.every(({ serial }) => certified.has(serial)) ? 'certified' : 'received';
  }
  if (pickup.scan) return 'collected';
  return pickup.manifest ? 'manifested' : 'booked';
}

/** Digest of a document's content. */
export function digestOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
