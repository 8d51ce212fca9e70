/** What the commands show of the API's answers; `--json` passes on what else is there. */
import { z } from 'zod';

const MaybeText = z.string().nullable();

export const BlockedBy = z.looseObject({
  kind: z.enum(['decision', 'source', 'action', 'time']),
  gate: MaybeText,
  deviceId: MaybeText,
  code: z.string(),
  owner: z.string(),
  since: z.string(),
  dueAt: MaybeText,
  escalatesAt: MaybeText,
  parked: z.boolean(),
});
export type BlockedBy = z.infer<typeof BlockedBy>;

const GateStates = z.record(z.string(), z.string());

export const Gate = z.looseObject({
  gate: z.string(),
  state: z.string(),
  since: z.string(),
  basis: MaybeText,
});
export type Gate = z.infer<typeof Gate>;

export const CaseSummary = z.looseObject({
  id: z.string(),
  kind: z.string(),
  personId: MaybeText,
  state: z.string(),
  effectiveAt: z.string(),
  gates: GateStates,
  dueAt: MaybeText,
  devices: z.array(z.looseObject({ deviceId: z.string(), state: z.string(), gates: GateStates })),
});
export type CaseSummary = z.infer<typeof CaseSummary>;

export const Custody = z.looseObject({
  deviceId: z.string(),
  epoch: z.int(),
  caseId: z.string(),
  serial: z.string(),
  platform: z.string(),
  ownership: z.string(),
  route: z.string(),
  state: z.string(),
  disposition: MaybeText,
  reviewAt: MaybeText,
  reports: z.array(
    z.looseObject({
      at: z.string(),
      processedAt: z.string(),
      outcome: z.string(),
      downstream: z.string(),
      afterClosure: z.boolean(),
    }),
  ),
  holds: z.array(z.looseObject({ id: z.string(), kind: z.string(), since: z.string() })),
  refusal: z
    .looseObject({
      at: z.string(),
      reasons: z.array(z.looseObject({ code: z.string(), sentence: z.string() })),
    })
    .nullable(),
  gates: z.array(Gate),
  blockedBy: z.array(BlockedBy),
});
export type Custody = z.infer<typeof Custody>;

export const Exception = z.looseObject({
  id: z.string(),
  code: z.string(),
  gate: MaybeText,
  caseId: MaybeText,
  deviceId: MaybeText,
  pickupId: MaybeText,
  owner: z.string(),
  blocking: z.boolean(),
  dueAt: z.string(),
  openedAt: z.string(),
  resolvedAt: MaybeText,
  outcome: MaybeText,
});
export type Exception = z.infer<typeof Exception>;

export const Ticket = z.looseObject({
  exceptionId: MaybeText,
  system: z.string(),
  ticket: z.string(),
  url: z.string(),
  linkedAt: z.string(),
});
export type Ticket = z.infer<typeof Ticket>;

export const TicketList = z.looseObject({ tickets: z.array(Ticket) });

export const Notification = z.looseObject({
  id: z.string(),
  kind: z.string(),
  state: z.string(),
  why: MaybeText,
  role: z.string(),
  connector: MaybeText,
  language: z.string(),
  caseId: z.string(),
  deviceId: MaybeText,
  createdAt: z.string(),
});
export type Notification = z.infer<typeof Notification>;

export const CaseDetail = z.looseObject({
  id: z.string(),
  kind: z.string(),
  personId: MaybeText,
  state: z.string(),
  generation: z.int(),
  source: z.string(),
  effectiveAt: z.string(),
  late: z.boolean(),
  openedAt: z.string(),
  closedAt: MaybeText,
  blocked: z.boolean(),
  stuck: z.boolean(),
  gates: z.array(Gate),
  blockedBy: z.array(BlockedBy),
  custodies: z.array(Custody),
  exceptions: z.array(Exception),
  // An API of an earlier version shows none.
  tickets: z.array(Ticket).default([]),
  milestones: z.record(z.string(), MaybeText),
});
export type CaseDetail = z.infer<typeof CaseDetail>;

export const CaseOpened = z.looseObject({ caseId: z.string(), personId: z.string(), outcome: z.string() });

export const CaseCancelled = z.looseObject({
  caseId: z.string(),
  state: z.string(),
  done: z.array(z.string()),
  notDone: z.array(z.string()),
});

export const Stuck = z.looseObject({
  ...BlockedBy.shape,
  caseId: MaybeText,
  personId: MaybeText,
  exceptionId: MaybeText,
});
export type Stuck = z.infer<typeof Stuck>;

export const DeviceDetail = z.looseObject({
  id: z.string(),
  serial: z.string(),
  manufacturer: MaybeText,
  model: MaybeText,
  assetTag: MaybeText,
  platform: z.string(),
  ownership: z.string(),
  custodies: z.array(Custody),
});
export type DeviceDetail = z.infer<typeof DeviceDetail>;

export const IntakeVerdict = z.looseObject({
  verdict: z.string(),
  deviceId: MaybeText,
  at: MaybeText,
  exceptionId: MaybeText,
  wrongUnit: z.looseObject({ expectedDeviceId: z.string(), exceptionId: z.string() }).nullable(),
});

export const PickupHead = z.looseObject({
  id: z.string(),
  connector: z.string(),
  site: z.string(),
  state: z.string(),
  reference: MaybeText,
  createdAt: z.string(),
  confirmedAt: MaybeText,
});
export type PickupHead = z.infer<typeof PickupHead>;

export const Discrepancy = z.looseObject({
  kind: z.string(),
  serial: z.string(),
  exceptionId: MaybeText,
  /** A refusal names open ones alone, without it. */
  outcome: MaybeText.default(null),
});

export const PickupDetail = PickupHead.extend({
  lines: z.array(
    z.looseObject({
      line: z.int(),
      serial: z.string(),
      model: z.string(),
      leaving: z.boolean(),
      takenOffAs: MaybeText,
      dockScannedAt: MaybeText,
      vendorScannedAt: MaybeText,
      receivedAt: MaybeText,
      certificates: z.array(z.string()),
    }),
  ),
  discrepancies: z.array(Discrepancy),
  inventory: z.looseObject({
    asked: z.int(),
    waiting: z.int(),
    unanswered: z.int(),
    answeredAt: MaybeText,
    silent: z.array(z.looseObject({ connector: z.string(), failure: z.string() })),
  }),
  exceptions: z.array(Exception),
});
export type PickupDetail = z.infer<typeof PickupDetail>;

export const Checkpoint = z.object({
  origin: z.string(),
  size: z.number(),
  root: z.string(),
  signedAt: z.string(),
  note: z.string(),
  stampedAt: z.string().nullable(),
  timestamp: z.base64().nullable(),
});

export const LedgerHead = z.looseObject({
  size: z.int(),
  root: z.string(),
  updatedAt: z.string(),
  pending: z.int(),
  lagSeconds: z.number(),
});

export const Me = z.looseObject({
  actor: z.string(),
  kind: z.string(),
  displayName: MaybeText,
  roles: z.array(z.string()),
  vendorOf: z.array(z.string()),
  expiresAt: MaybeText,
});
export type Me = z.infer<typeof Me>;

export const ActorAccess = z.looseObject({
  actor: z.string(),
  kind: z.string(),
  displayName: MaybeText,
  lastSeenAt: MaybeText,
  revoked: z.looseObject({ at: z.string(), by: z.string(), reason: z.string() }).nullable(),
});
export type ActorAccess = z.infer<typeof ActorAccess>;
