/** What is done on the dock, as requests and answers have it. */
import { z } from 'zod';
import { COUNT_DIFFERENCES } from '../../domain/discrepancy.ts';
import { SIDES } from '../../store/pickup-signatures.ts';
import { ASKED_DIFFERENCES } from '../../store/read/inventory-asks.ts';
import { Instant, Line, MaybeInstant } from './common.ts';
import { Verdict } from './pickups.ts';

export const ScannedText = z
  .string()
  .max(256)
  // Scanners add separators of their own; what is left may still be unreadable, and is then told so.
  .transform((text) =>
    text
      .replace(/\p{Cc}/gu, ' ')
      .toWellFormed()
      .trim(),
  )
  .meta({ description: 'As the scanner read it.' });

export const OneScan = z.strictObject({
  serial: ScannedText,
  model: Line(128).optional().meta({ description: 'As read from the unit.' }),
  assetTag: Line(128).optional().meta({ description: 'Of the sticker on the unit.' }),
});

export const Csv = z.string().min(1).max(250_000);

const Known = z
  .object({
    deviceId: z.string(),
    manufacturer: z.string().nullable(),
    model: z.string().nullable(),
    assetTag: z.string().nullable(),
    custody: z.enum(['planned', 'open', 'closed', 'cancelled']).nullable(),
    inInventory: z
      .boolean()
      .nullable()
      .meta({ description: 'Whether the inventory had a record of it, as it said last.' }),
    inventoryAsOf: MaybeInstant.meta({ description: 'Since when that is its word.' }),
    onPickup: z.string().nullable().meta({ description: 'Another open pickup that has it.' }),
  })
  .meta({ description: 'What the recorded answers of the sources know of the serial.' });

export const ScanAnswer = z.object({
  scans: z.array(
    z.object({
      scanId: z.string(),
      serial: z.string(),
      verdict: Verdict,
      line: z.int().nullable().meta({
        description: 'Its line; of a substituted unit, the one that it seems to stand for.',
      }),
      exceptionId: z.string().nullable(),
      known: Known.nullable(),
      asking: z.boolean().meta({
        description:
          'The inventories are asked live about it now; what they say stands with the pickup within seconds.',
      }),
    }),
  ),
});

export const AskedSerial = z
  .object({
    serial: z.string(),
    known: z
      .boolean()
      .nullable()
      .meta({ description: 'Whether an inventory has a record of it; null: not all have answered.' }),
    waiting: z.boolean().meta({ description: 'Is still being asked about.' }),
    asOf: MaybeInstant.meta({ description: 'Since when that is their word.' }),
    differences: z
      .array(
        z.object({
          kind: z.enum(ASKED_DIFFERENCES),
          exceptionId: z.string(),
        }),
      )
      .meta({ description: 'What is open because of it.' }),
  })
  .meta({ title: 'A serial as the inventories know it' });

export const CountAnswer = z.object({
  countId: z.string(),
  units: z.int(),
  countedAt: Instant,
  countedBy: z.string(),
  differences: z.array(
    z.object({
      kind: z.enum(COUNT_DIFFERENCES),
      serial: z.string(),
      line: z.int().nullable(),
      deviceId: z.string().nullable(),
      exceptionId: z.string(),
    }),
  ),
});

export const Signature = z.object({
  id: z.string(),
  side: z.enum(SIDES),
  name: z.string().nullable().meta({ description: 'null: erased.' }),
  signedAt: Instant,
  recordedBy: z.string(),
  documentDigest: z.string().nullable(),
  counts: z
    .boolean()
    .meta({ description: 'false: what leaves has changed since, and this side signs again.' }),
});

export const HandoverView = z.object({
  pickupId: z.string(),
  confirmedAt: MaybeInstant,
  count: z.object({ id: z.string(), units: z.int(), countedAt: Instant, countedBy: z.string() }).nullable(),
  leaving: z.object({
    units: z.int(),
    digest: z.string().meta({ description: 'Of the lines and serials that leave, as both sides sign.' }),
  }),
  signatures: z.array(Signature),
  missing: z.array(z.enum(SIDES)).meta({ description: 'Sides that have not signed for what leaves now.' }),
  vendor: z
    .object({
      day: z.string(),
      lapsed: z.array(z.string()),
      facilityId: z.string().nullable(),
      certifications: z.array(
        z.object({
          certificationId: z.string(),
          scheme: z.string(),
          validFrom: z.string(),
          validUntil: z.string(),
          valid: z.boolean(),
          documentDigest: z.string(),
        }),
      ),
    })
    .nullable()
    .meta({ description: 'What the vendor was certified for on the day of the handover.' }),
});

export const Reconciled = z
  .object({
    serial: z.string(),
    line: z.int().nullable(),
    deviceId: z.string().nullable(),
    takenOffAs: z.string().nullable(),
    counted: z.boolean(),
    dockVerdict: Verdict.nullable(),
    dockScannedAt: MaybeInstant,
    vendorScannedAt: MaybeInstant,
    transferredAt: MaybeInstant,
    received: z.boolean(),
    certificates: z.array(z.string()),
    agrees: z.boolean().meta({
      description:
        'Every list names it, from the manifest to the certificate; where certificates name drives, all of its drives.',
    }),
  })
  .meta({ title: 'A serial and the lists that name it' });
