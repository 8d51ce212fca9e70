/** Shapes of the way back of a device. */
import { z } from 'zod';
import { ACCESSORIES, CONDITIONS, INSPECTION_OUTCOMES } from '../../domain/inspection.ts';
import { REFUND_REASONS } from '../../domain/return-labels.ts';
import type { DropOffRow } from '../../store/drop-offs.ts';
import { Instant, MaybeInstant } from './common.ts';

export const Receipt = z.object({
  id: z.string(),
  deviceId: z.string(),
  epoch: z.int(),
  site: z.string(),
  receivedBy: z.string().meta({ description: 'Who took it, by name.' }),
  actor: z.string(),
  handedInBy: z.enum(['holder', 'colleague', 'courier']),
  receivedAt: Instant,
});

export function receiptView(row: DropOffRow): z.output<typeof Receipt> {
  const { id, device_id: deviceId, epoch, site, handed_in_by: handedInBy, received_at: receivedAt } = row;
  return {
    id,
    deviceId,
    epoch,
    site,
    receivedBy: row.received_by_name,
    actor: row.received_by,
    handedInBy,
    receivedAt,
  };
}

export const ReturnShape = z
  .object({
    deviceId: z.string(),
    epoch: z.int(),
    parcels: z.array(
      z.object({
        purpose: z.enum(['return', 'box']),
        connector: z.string(),
        trackingCode: z.string(),
        status: z.string(),
        occurredAt: MaybeInstant,
        labelUrl: z
          .string()
          .nullable()
          .meta({ description: 'Where the label can be had. It names the sender.' }),
        givenBack: z
          .object({
            at: Instant,
            why: z.enum(REFUND_REASONS),
            outcome: z
              .enum(['asked', 'refused'])
              .nullable()
              .meta({ description: 'Of the carrier; `null` while it has not answered.' }),
          })
          .nullable()
          .meta({ description: 'Nobody will use this label, and its money is asked back.' }),
      }),
    ),
    dropOff: Receipt.nullable(),
    scannedAt: MaybeInstant,
    wrongUnits: z.array(
      z.object({
        at: Instant,
        trackingCode: z.string(),
        foundSerial: z.string(),
        foundDeviceId: z.string().nullable(),
      }),
    ),
    inspections: z.array(
      z.object({
        at: Instant,
        actor: z.string(),
        condition: z.enum(CONDITIONS),
        setUpScreen: z.boolean(),
        outcome: z.enum(INSPECTION_OUTCOMES).nullable(),
        accessories: z.array(z.object({ item: z.enum(ACCESSORIES), present: z.boolean() })),
        photos: z.array(z.string()),
      }),
    ),
  })
  .meta({ title: 'The way back of a device' });
