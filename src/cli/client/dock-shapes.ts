/** What the commands of the dock show of the API's answers; `--json` passes on what else is there. */
import { z } from 'zod';

const MaybeText = z.string().nullable();

export const PickupScan = z.looseObject({
  serial: z.string(),
  verdict: z.string(),
  line: z.int().nullable(),
  exceptionId: MaybeText,
  known: z
    .looseObject({
      model: MaybeText,
      custody: MaybeText,
      inInventory: z.boolean().nullable(),
      inventoryAsOf: MaybeText,
      onPickup: MaybeText,
    })
    .nullable(),
  asking: z.boolean(),
});
export type PickupScan = z.infer<typeof PickupScan>;
export const PickupScans = z.looseObject({ scans: z.array(PickupScan) });

/** A serial as the inventories know it, asked live after its scan. */
export const AskedSerial = z.looseObject({
  serial: z.string(),
  asOf: MaybeText,
  differences: z.array(z.looseObject({ kind: z.string(), exceptionId: z.string() })),
});
export type AskedSerial = z.infer<typeof AskedSerial>;
export const AskedSerials = z.looseObject({ items: z.array(AskedSerial) });

export const PickupConfirmed = z.looseObject({
  pickupId: z.string(),
  state: z.string(),
  lines: z.int(),
  unanswered: z.int(),
});

export const PickupCounted = z.looseObject({
  units: z.int(),
  differences: z.array(z.looseObject({ kind: z.string(), serial: z.string(), exceptionId: z.string() })),
});
export type PickupCounted = z.infer<typeof PickupCounted>;

export const Handover = z.looseObject({
  pickupId: z.string(),
  confirmedAt: MaybeText,
  count: z.looseObject({ units: z.int(), countedAt: z.string(), countedBy: z.string() }).nullable(),
  leaving: z.looseObject({ units: z.int(), digest: z.string() }),
  signatures: z.array(
    z.looseObject({ side: z.string(), name: MaybeText, signedAt: z.string(), counts: z.boolean() }),
  ),
  missing: z.array(z.string()),
  vendor: z.looseObject({ day: z.string(), lapsed: z.array(z.string()) }).nullable(),
});
export type Handover = z.infer<typeof Handover>;

export const Reconciled = z.looseObject({
  serial: z.string(),
  line: z.int().nullable(),
  takenOffAs: MaybeText,
  counted: z.boolean(),
  dockVerdict: MaybeText,
  vendorScannedAt: MaybeText,
  received: z.boolean(),
  certificates: z.array(z.string()),
  agrees: z.boolean(),
});
export type Reconciled = z.infer<typeof Reconciled>;

export const Staged = z.looseObject({
  deviceId: z.string(),
  serial: z.string(),
  model: z.string(),
  stagedFrom: z.string(),
  dueAt: MaybeText,
  owner: z.string(),
  obstacle: MaybeText,
});
export type Staged = z.infer<typeof Staged>;

export const MissedDeadline = z.looseObject({
  stream: z.string(),
  trigger: z.string(),
  owner: z.string(),
  dueAt: z.string(),
  healedAt: MaybeText,
});
export type MissedDeadline = z.infer<typeof MissedDeadline>;

export const Vendor = z.looseObject({
  connector: z.string(),
  certifications: z.array(
    z.looseObject({ scheme: z.string(), number: z.string(), validFrom: z.string(), validUntil: z.string() }),
  ),
  lapsed: z.array(z.string()),
  facilities: z.array(
    z.looseObject({
      name: z.string(),
      address: z.string(),
      country: z.string(),
      downstream: z.array(z.looseObject({ name: z.string(), country: z.string(), purpose: z.string() })),
    }),
  ),
});
export type Vendor = z.infer<typeof Vendor>;
