/** What the commands show of the way back of a device. */
import { z } from 'zod';

const MaybeText = z.string().nullable();

export const Receipt = z.looseObject({
  id: z.string(),
  deviceId: z.string(),
  site: z.string(),
  receivedBy: z.string(),
  handedInBy: z.string(),
  receivedAt: z.string(),
});

export const DropOffAnswer = z.looseObject({
  verdict: z.string(),
  receipt: Receipt.nullable(),
  exceptionId: MaybeText,
});
export type DropOffAnswer = z.infer<typeof DropOffAnswer>;

export const PhotoKept = z.looseObject({ deviceId: z.string(), digest: z.string() });

export const DeviceReturn = z.looseObject({
  deviceId: z.string(),
  epoch: z.int(),
  parcels: z.array(
    z.looseObject({
      purpose: z.string(),
      connector: z.string(),
      trackingCode: z.string(),
      status: z.string(),
      occurredAt: MaybeText,
      labelUrl: MaybeText,
      givenBack: z
        .looseObject({ at: z.string(), why: z.string(), outcome: MaybeText })
        .nullable()
        .default(null),
    }),
  ),
  dropOff: Receipt.nullable(),
  scannedAt: MaybeText,
  wrongUnits: z.array(z.looseObject({ at: z.string(), trackingCode: z.string(), foundSerial: z.string() })),
  inspections: z.array(
    z.looseObject({
      at: z.string(),
      condition: z.string(),
      setUpScreen: z.boolean(),
      outcome: MaybeText,
      accessories: z.array(z.looseObject({ item: z.string(), present: z.boolean() })),
      photos: z.array(z.string()),
    }),
  ),
});
export type DeviceReturn = z.infer<typeof DeviceReturn>;
