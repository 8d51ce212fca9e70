/** What the demo reads from the API's answers; described in full by `/api/v1/openapi.json`. */
import { z } from 'zod';

export const CASE_GATES = ['discovery', 'access-cut'] as const;
export const DEVICE_GATES = ['data-handover', 'wipe', 'return', 'itad-handoff', 'inventory-closure'] as const;
export type CaseGate = (typeof CASE_GATES)[number];
export type DeviceGate = (typeof DEVICE_GATES)[number];

export const Block = z.object({
  kind: z.enum(['decision', 'source', 'action', 'time']),
  gate: z.string().nullable(),
  deviceId: z.string().nullable(),
  code: z.string(),
  owner: z.string(),
  since: z.string(),
  dueAt: z.string().nullable(),
});
export type Block = z.infer<typeof Block>;

export const GateStanding = z.object({
  gate: z.string(),
  state: z.string(),
  since: z.string(),
  basis: z.string().nullable(),
});
export type GateStanding = z.infer<typeof GateStanding>;

export const Exception = z.object({
  id: z.string(),
  code: z.string(),
  gate: z.string().nullable(),
  deviceId: z.string().nullable(),
  owner: z.string(),
  openedAt: z.string(),
  resolvedAt: z.string().nullable(),
});

export const Custody = z.object({
  deviceId: z.string(),
  epoch: z.int(),
  serial: z.string(),
  route: z.string(),
  state: z.enum(['open', 'closed', 'cancelled']),
  refusal: z.object({ reasons: z.array(z.object({ code: z.string(), sentence: z.string() })) }).nullable(),
  disposition: z.string().nullable(),
  gates: z.array(GateStanding),
  blockedBy: z.array(Block),
});
export type Custody = z.infer<typeof Custody>;

const State = z.enum(['scheduled', 'open', 'completed', 'completed-with-waivers', 'cancelled']);

export const CaseSummary = z.object({
  id: z.string(),
  personId: z.string().nullable(),
  state: State,
  gates: z.record(z.string(), z.string()),
  devices: z.array(
    z.object({ deviceId: z.string(), state: z.string(), gates: z.record(z.string(), z.string()) }),
  ),
});
export type CaseSummary = z.infer<typeof CaseSummary>;

export const Case = z.object({
  id: z.string(),
  personId: z.string().nullable(),
  state: State,
  source: z.string(),
  effectiveAt: z.string(),
  openedAt: z.string(),
  startedAt: z.string().nullable(),
  closedAt: z.string().nullable(),
  complete: z.boolean(),
  blocked: z.boolean(),
  stuck: z.boolean(),
  gates: z.array(GateStanding),
  blockedBy: z.array(Block),
  custodies: z.array(Custody),
  exceptions: z.array(Exception),
  milestones: z.object({
    accessSecured: z.string().nullable(),
    dataSecured: z.string().nullable(),
    recovered: z.string().nullable(),
    closed: z.string().nullable(),
  }),
  timeline: z.array(z.object({ at: z.string(), type: z.string(), stream: z.string(), key: z.string() })),
});
export type Case = z.infer<typeof Case>;

export const Fact = z.object({
  stream: z.string(),
  key: z.string(),
  type: z.string(),
  at: z.string(),
  actor: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type Fact = z.infer<typeof Fact>;

export const Decision = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.string(),
  subject: z.record(z.string(), z.unknown()),
  deviceId: z.string().nullable(),
  requestedBy: z.string(),
  decidedBy: z.string().nullable(),
  decidedAt: z.string().nullable(),
});
export type Decision = z.infer<typeof Decision>;

/** What the two who release a wipe limit have both had in view. */
export const HeldWipes = z.object({ held: z.array(z.object({ deviceId: z.string() })) });

export const WipeLimit = z.object({ allowed: z.int(), used: z.int(), held: z.boolean() });
export type WipeLimit = z.infer<typeof WipeLimit>;

export const HeldWipe = z.object({ deviceId: z.string(), serial: z.string() });
export type HeldWipe = z.infer<typeof HeldWipe>;

export const Person = z.object({ id: z.string(), workEmail: z.string().nullable() });

/** A serial, and which of a pickup's lists name it. */
export const Reconciled = z.object({
  serial: z.string(),
  line: z.int().nullable(),
  takenOffAs: z.string().nullable(),
  counted: z.boolean(),
  dockVerdict: z.string().nullable(),
  vendorScannedAt: z.string().nullable(),
  transferredAt: z.string().nullable(),
  received: z.boolean(),
  certificates: z.array(z.string()),
  agrees: z.boolean(),
});
export type Reconciled = z.infer<typeof Reconciled>;

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}
