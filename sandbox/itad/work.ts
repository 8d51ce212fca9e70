import { z } from 'zod';
import { CERTIFICATE_STATUSES, DESTINATIONS, FATES, LEVELS, OUTCOMES } from './lines.ts';
import type { Attestation, CertificateLine, DispositionLine, Level, ReceiptLine } from './lines.ts';
import type { Pickup, Scan, Store } from './store.ts';
import { select, Selection } from './units.ts';
import type { Unit } from './units.ts';

const at = z.iso.datetime({ offset: true }).optional();
/** Whether a webhook tells the customer. */
const notify = z.boolean().default(true);

/** The crew loads the truck and scans every unit. */
export const Collect = Selection.extend({
  at,
  notify,
  scannedBy: z.string().min(1).default('Driver 7'),
  seal: z.string().nullable().default('SEAL-1'),
});
export type Collect = z.infer<typeof Collect>;

/** The facility books units in. May be done in parts. */
export const Receive = Selection.extend({
  at,
  notify,
  facility: z.string().min(1).optional(),
  condition: z.string().default('used'),
});
export type Receive = z.infer<typeof Receive>;

/** Certificates are made out. May be done in parts. */
export const Certify = Selection.extend({
  at,
  notify,
  level: z.enum(LEVELS).default('purge'),
  status: z.enum(CERTIFICATE_STATUSES).default('issued'),
  outcome: z.enum(OUTCOMES).default('erased'),
  destination: z.string().min(1).optional(),
  method: z.string().min(1).optional(),
  standard: z.string().min(1).default('NIST SP 800-88 Rev. 2'),
});
export type Certify = z.infer<typeof Certify>;

/** What became of units is reported. May be done in parts, and again for a unit of which more is known by then. */
export const Dispose = Selection.extend({
  at,
  notify,
  outcome: z.enum(FATES).default('sanitised'),
  downstream: z.enum(DESTINATIONS).default('sold-domestic'),
});
export type Dispose = z.infer<typeof Dispose>;

const USUAL: Readonly<
  Record<Level, { method: string; tool: string; toolVersion: string; destination: string }>
> = {
  clear: {
    method: 'overwrite',
    tool: 'Sandbox Eraser',
    toolVersion: '7.2',
    destination: 'resold-domestic',
  },
  purge: {
    method: 'cryptographic-erase',
    tool: 'Sandbox Eraser',
    toolVersion: '7.2',
    destination: 'resold-domestic',
  },
  destroy: {
    method: 'shred',
    tool: 'Sandbox Shredder',
    toolVersion: '3',
    destination: 'recycled',
  },
};

/** What should be on the dock. */
export function manifested(pickup: Pickup): Unit[] {
  return (pickup.manifest?.lines ?? []).map(({ serial, manufacturer, model, assetTag }) => ({
    serial,
    manufacturer,
    model,
    assetTag,
  }));
}

/** What is in the truck and not booked in yet. */
export function inTruck(pickup: Pickup): Unit[] {
  const received = new Set(pickup.receipt.map(({ serial }) => serial));
  return (pickup.scan?.lines ?? []).filter(({ serial }) => !received.has(serial));
}

/** What is in the facility and has no certificate yet. */
export function uncertified(pickup: Pickup): Unit[] {
  const done = new Set(pickup.certificates.map(({ serial }) => serial));
  const waiting = pickup.receipt
    .filter(({ serial }) => !done.has(serial))
    .map((line) => ({ ...line, assetTag: tagOf(pickup, line.serial) }));
  // A unit listed twice on the receipt is still one unit.
  return waiting.filter(
    ({ serial }, index) => waiting.findIndex((other) => other.serial === serial) === index,
  );
}

/** What is certified and has no report yet. */
export function unreported(pickup: Pickup): Unit[] {
  const reported = new Set(pickup.dispositions.map(({ serial }) => serial));
  return certified(pickup).filter(({ serial }) => !reported.has(serial));
}

/** What is certified, each unit once. */
export function certified(pickup: Pickup): Unit[] {
  return [...new Map(pickup.certificates.map((line) => [line.serial, line])).values()];
}

/** The scan of a collection. */
export function scanOf(pickup: Pickup, step: Collect, now: Date): Scan {
  const scannedAt = step.at ?? now.toISOString();
  const lines = select(manifested(pickup), step).map((unit, index) => ({
    pickupId: pickup.booking.pickupId,
    line: index + 1,
    serial: unit.serial,
    manufacturer: unit.manufacturer,
    model: unit.model,
    assetTag: unit.assetTag,
    scannedAt,
  }));
  return { scannedAt, scannedBy: step.scannedBy, seal: step.seal, lines };
}

/** The receipt lines of what is booked in now. */
export function receiptOf(pickup: Pickup, step: Receive, facility: string, now: Date): ReceiptLine[] {
  return select(inTruck(pickup), step).map(({ serial, manufacturer, model }) => ({
    pickupId: pickup.booking.pickupId,
    serial,
    manufacturer,
    model,
    receivedAt: step.at ?? now.toISOString(),
    facility: step.facility ?? facility,
    condition: step.condition,
  }));
}

/** The certificates that are made out now. */
export function certificatesOf(
  store: Store,
  pickup: Pickup,
  step: Certify,
  facility: string,
  now: Date,
): CertificateLine[] {
  const usual = USUAL[step.level];
  const date = (step.at ?? now.toISOString()).slice(0, 10);
  const person = (name: string, title: string): Attestation => ({
    name,
    title,
    date,
    location: facility,
    contact: 'certificates@itad.example',
  });
  return select(uncertified(pickup), step).map(({ serial, manufacturer, model, assetTag }) => ({
    certificateId: `CERT-${String(store.nextCertificate++).padStart(6, '0')}`,
    pickupId: pickup.booking.pickupId,
    manufacturer,
    model,
    serial,
    assetTag,
    mediaType: 'solid-state',
    mediaSource: 'computer',
    classification: 'internal',
    level: step.level,
    method: step.method ?? usual.method,
    tool: usual.tool,
    toolVersion: usual.toolVersion,
    verificationMethod: 'full',
    destination: step.destination ?? usual.destination,
    sanitizedBy: person('Robin Meyer', 'Technician'),
    verifiedBy: person('Kim Okafor', 'Quality lead'),
    status: step.status,
    standard: step.standard,
    outcome: step.outcome,
    date,
  }));
}

/** The report about the units of this step: by default those that have none, by their serials any that is certified. */
export function dispositionsOf(pickup: Pickup, step: Dispose, now: Date): DispositionLine[] {
  const before = step.serials === undefined ? unreported(pickup) : certified(pickup);
  return select(before, step).map(({ serial, manufacturer, model, assetTag }) => ({
    pickupId: pickup.booking.pickupId,
    serial,
    manufacturer,
    model,
    assetTag,
    processedAt: step.at ?? now.toISOString(),
    outcome: step.outcome,
    downstream: step.downstream,
  }));
}

function tagOf(pickup: Pickup, serial: string): string {
  return pickup.manifest?.lines.find((line) => line.serial === serial)?.assetTag ?? '';
}
