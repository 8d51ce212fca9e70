/** Pickups as answers show them. */
import { z } from 'zod';
import { COUNT_DIFFERENCES, INVENTORY_DIFFERENCES } from '../../domain/discrepancy.ts';
import { DISCREPANCIES } from '../../store/pickup-matching.ts';
import type { PickupRow, PickupScanRow } from '../../store/pickups.ts';
import { Instant, MaybeInstant } from './common.ts';
import { ExceptionShape } from './exceptions.ts';

export const PICKUP_STATES = ['draft', 'booked', 'confirmed', 'received', 'certified', 'cancelled'] as const;
export const Verdict = z.enum([
  'match',
  'unexpected',
  'substituted',
  'duplicate',
  'model-mismatch',
  'unreadable',
]);

export const PickupHead = z
  .object({
    id: z.string(),
    connector: z.string(),
    site: z.string(),
    state: z.enum(PICKUP_STATES),
    reference: z.string().nullable().meta({ description: "The vendor's own." }),
    manifestSentAt: MaybeInstant,
    createdBy: z.string(),
    createdAt: Instant,
    confirmedBy: z.string().nullable(),
    confirmedAt: MaybeInstant,
  })
  .meta({ title: 'A pickup' });

const Scan = z.object({
  scanId: z.string(),
  serial: z.string(),
  model: z.string().nullable(),
  verdict: Verdict,
  scannedBy: z.string(),
  scannedAt: Instant,
});

const COUNT_KINDS = COUNT_DIFFERENCES.map((kind) => `count-${kind}` as const);

const DiscrepancyShape = z.object({
  kind: z.enum([...DISCREPANCIES, ...COUNT_KINDS, ...INVENTORY_DIFFERENCES]),
  serial: z.string(),
  line: z.int().nullable(),
  deviceId: z.string().nullable(),
  exceptionId: z
    .string()
    .nullable()
    .meta({ description: 'A missing unit becomes one when somebody tries to confirm.' }),
  outcome: z.string().nullable().meta({ description: 'How it was decided; null while it is open.' }),
});

export const PickupDetail = PickupHead.extend({
  lines: z.array(
    z.object({
      line: z.int(),
      deviceId: z.string(),
      epoch: z.int(),
      serial: z.string(),
      manufacturer: z.string(),
      model: z.string(),
      assetTag: z.string(),
      takenOffAs: z
        .enum(['taken-off-manifest', 'held-back'])
        .nullable()
        .meta({ description: 'A decision took it off the manifest.' }),
      leaving: z.boolean().meta({ description: 'false: its custody has ended meanwhile, it must stay.' }),
      dockScannedAt: MaybeInstant,
      vendorScannedAt: MaybeInstant,
      transferredAt: MaybeInstant,
      receivedAt: MaybeInstant,
      certificates: z.array(z.string()),
    }),
  ),
  dockScans: z.array(Scan),
  vendorScans: z.array(Scan),
  discrepancies: z.array(DiscrepancyShape),
  inventory: z
    .object({
      asked: z.int(),
      waiting: z.int().meta({ description: 'Still being asked about.' }),
      unanswered: z.int().meta({ description: 'Without an answer of some inventory.' }),
      answeredAt: MaybeInstant,
      silent: z.array(z.object({ connector: z.string(), failure: z.string() })),
    })
    .meta({ description: 'Serials that were put to the inventories when they were scanned.' }),
  exceptions: z.array(ExceptionShape),
}).meta({ title: 'A pickup with its lists' });

export const Confirmed = z.object({
  pickupId: z.string(),
  state: z.enum(PICKUP_STATES),
  lines: z.int(),
  unanswered: z.int().meta({
    description: 'Of them left without a live answer of every inventory: what it had said before counted.',
  }),
  confirmedBy: z.string(),
  confirmedAt: Instant,
});

export function pickupHead(row: PickupRow) {
  return {
    id: row.id,
    connector: row.connector,
    site: row.site,
    state: row.state,
    reference: row.reference,
    manifestSentAt: row.manifest_sent_at,
    createdBy: row.created_by,
    createdAt: row.created_at,
    confirmedBy: row.confirmed_by,
    confirmedAt: row.confirmed_at,
  };
}

export function scanView(row: PickupScanRow) {
  return {
    scanId: row.id,
    serial: row.serial,
    model: row.model,
    verdict: row.verdict,
    scannedBy: row.scanned_by,
    scannedAt: row.scanned_at,
  };
}
