/** Decisions of two people, holds, and what stops wipes, as the commands show them of the API's answers. */
import { z } from 'zod';

const MaybeText = z.string().nullable();
const OfDevice = { deviceId: z.string(), epoch: z.int(), serial: z.string() };

const Subject = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('approve-wipe'),
    ...OfDevice,
    mdmId: z.string(),
    actionHash: z.string(),
    attempt: z.int(),
  }),
  z.looseObject({
    kind: z.literal('approve-mismatch'),
    ...OfDevice,
    actionHash: z.string(),
    codes: z.array(z.string()),
    others: z.array(z.looseObject({ connector: z.string(), other: z.string() })),
  }),
  z.looseObject({ kind: z.literal(['vendor-sanitises', 'declare-lost']), ...OfDevice }),
  z.looseObject({
    kind: z.literal('change-route'),
    ...OfDevice,
    from: z.string(),
    to: z.string(),
    reviewAt: MaybeText,
  }),
  z.looseObject({
    kind: z.literal('waive-gate'),
    stream: z.string(),
    round: z.int(),
    gate: z.string(),
    expiresAt: z.string(),
  }),
  z.looseObject({
    kind: z.literal('release-wipe-limit'),
    trippedAt: z.string(),
    held: z.array(z.looseObject({ deviceId: z.string(), epoch: z.int(), approvalId: z.string() })),
  }),
  z.looseObject({ kind: z.literal('kill-switch-off'), since: z.string() }),
  z.looseObject({ kind: z.literal('change-policy'), from: z.string(), to: z.string() }),
  z.looseObject({ kind: z.literal('erase-person'), personId: z.string() }),
  z.looseObject({
    kind: z.literal('move-policy'),
    caseId: z.string(),
    generation: z.int(),
    from: z.string(),
    to: z.string(),
  }),
]);
export type Subject = z.infer<typeof Subject>;

export const Decision = z.looseObject({
  id: z.string(),
  kind: z.string(),
  state: z.string(),
  subject: Subject,
  subjectHash: z.string(),
  caseId: MaybeText,
  deviceId: MaybeText,
  reason: z.string(),
  requestedBy: z.string(),
  requestedAt: z.string(),
  expiresAt: z.string(),
  decidedBy: MaybeText,
  decidedAt: MaybeText,
});
export type Decision = z.infer<typeof Decision>;

export const Hold = z.looseObject({
  id: z.string(),
  kind: z.string(),
  personId: MaybeText,
  deviceId: MaybeText,
  reason: z.string(),
  placedBy: z.string(),
  placedAt: z.string(),
  liftedBy: MaybeText,
  liftedAt: MaybeText,
});
export type Hold = z.infer<typeof Hold>;

export const KillSwitch = z.looseObject({ on: z.boolean(), changedBy: z.string(), changedAt: z.string() });
export type KillSwitch = z.infer<typeof KillSwitch>;

export const WipeLimit = z.looseObject({
  windowMs: z.int(),
  perDay: z.int(),
  allowed: z.int(),
  used: z.int(),
  usedToday: z.int(),
  held: z.boolean(),
  trippedAt: MaybeText,
  releasedAt: MaybeText,
  releasedBy: MaybeText,
});
export type WipeLimit = z.infer<typeof WipeLimit>;

export const HeldWipe = z.looseObject({
  deviceId: z.string(),
  epoch: z.int(),
  serial: z.string(),
  caseId: z.string(),
  codes: z.array(z.string()),
  since: z.string(),
});
export type HeldWipe = z.infer<typeof HeldWipe>;

export const HeldWipes = z.looseObject({ items: z.array(HeldWipe) });

const Settings = z.record(z.string(), z.unknown());

export const PolicyInForce = z.looseObject({
  digest: z.string(),
  since: z.string(),
  proposed: MaybeText,
  policy: Settings,
  proposedPolicy: Settings.nullable(),
});
export type PolicyInForce = z.infer<typeof PolicyInForce>;

export const EvidenceRecorded = z.looseObject({ deviceId: z.string(), epoch: z.int(), at: z.string() });
