/** Cases as answers show them. */
import { z } from 'zod';
import { HOLD_KINDS } from '../../domain/holds.ts';
import { OWNERSHIPS, PLATFORMS } from '../../domain/platform.ts';
import { ROUTES as DEVICE_ROUTES } from '../../domain/routes.ts';
import { DOWNSTREAMS, VENDOR_OUTCOMES } from '../../domain/vendor-lines.ts';
import type { CaseRow, CustodyRow } from '../../store/read/cases.ts';
import { Instant, MaybeInstant } from './common.ts';
import { ExceptionShape } from './exceptions.ts';
import { TimelineShape } from './facts.ts';
import { BlockedByShape, GateShape, GateStates } from './gates.ts';
import { TicketShape } from './tickets.ts';

export const CASE_STATES = ['scheduled', 'open', 'completed', 'completed-with-waivers', 'cancelled'] as const;
export const CUSTODY_STATES = ['planned', 'open', 'closed', 'cancelled'] as const;

const Head = {
  id: z.string(),
  kind: z.enum(['offboarding', 'move', 'retirement']),
  personId: z.string().nullable(),
  state: z.enum(CASE_STATES),
  generation: z.int(),
  source: z.string(),
  effectiveAt: Instant,
  late: z.boolean().meta({ description: 'The leave had taken effect before we were told.' }),
  openedAt: Instant,
  startedAt: MaybeInstant,
  closedAt: MaybeInstant,
};

export const CaseSummary = z
  .object({
    ...Head,
    gates: GateStates.meta({ description: 'As last judged; the case itself says how they stand now.' }),
    dueAt: MaybeInstant,
    devices: z.array(
      z.object({
        deviceId: z.string(),
        epoch: z.int(),
        state: z.enum(CUSTODY_STATES),
        gates: GateStates,
        dueAt: MaybeInstant,
      }),
    ),
  })
  .meta({ title: 'A case in a list' });

export const CustodyShape = z.object({
  deviceId: z.string(),
  epoch: z.int(),
  caseId: z.string(),
  serial: z.string(),
  platform: z.enum(PLATFORMS),
  ownership: z.enum(OWNERSHIPS),
  route: z.enum(DEVICE_ROUTES).meta({ description: 'Where it is going, by the latest decision.' }),
  reviewAt: MaybeInstant.meta({ description: 'Of a retention: when somebody is to look at it again.' }),
  state: z.enum(['open', 'closed', 'cancelled']),
  openedAt: Instant,
  closedAt: MaybeInstant,
  disposition: z.string().nullable(),
  reports: z
    .array(
      z.object({
        at: Instant,
        pickupId: z.string(),
        processedAt: Instant,
        outcome: z.enum(VENDOR_OUTCOMES),
        downstream: z.enum(DOWNSTREAMS),
        afterClosure: z.boolean(),
      }),
    )
    .meta({
      description:
        'What the disposal vendor says became of it: its last word before the custody was closed, and whatever it has said since.',
    }),
  holds: z
    .array(z.object({ id: z.string(), kind: z.enum(HOLD_KINDS), since: Instant }))
    .meta({ description: 'In force: no wipe and no destruction while there is one.' }),
  refusal: z
    .object({ at: Instant, reasons: z.array(z.object({ code: z.string(), sentence: z.string() })) })
    .nullable()
    .meta({ description: 'Why the guard refused the latest wipe, and what to do next.' }),
  gates: z.array(GateShape),
  blockedBy: z.array(BlockedByShape),
});

export const CaseDetail = z
  .object({
    ...Head,
    policyDigest: z.string(),
    complete: z.boolean(),
    blocked: z.boolean().meta({ description: 'Every way forward waits for a decision.' }),
    stuck: z.boolean(),
    gates: z.array(GateShape),
    blockedBy: z.array(BlockedByShape),
    custodies: z.array(CustodyShape),
    exceptions: z.array(ExceptionShape),
    tickets: z.array(TicketShape),
    milestones: z.object({
      accessSecured: MaybeInstant,
      dataSecured: MaybeInstant,
      recovered: MaybeInstant,
      closed: MaybeInstant,
    }),
    timeline: z.array(TimelineShape),
  })
  .meta({ title: 'A case as it stands now' });

export function caseHead(row: CaseRow) {
  return {
    id: row.id,
    kind: row.kind,
    personId: row.person_id,
    state: row.state,
    generation: row.generation,
    source: row.source,
    effectiveAt: row.effective_at,
    late: row.late,
    openedAt: row.opened_at,
    startedAt: row.started_at,
    closedAt: row.closed_at,
  };
}

export function caseSummary(row: CaseRow, custodies: readonly CustodyRow[]) {
  const devices = custodies
    .filter((custody) => custody.case_id === row.id)
    .map((custody) => ({
      deviceId: custody.device_id,
      epoch: custody.epoch,
      state: custody.state,
      gates: gateStates(custody.gates),
      dueAt: custody.due_at,
    }));
  return { ...caseHead(row), gates: gateStates(row.gates), dueAt: row.due_at, devices };
}

export function gateStates(gates: CaseRow['gates']) {
  return Object.fromEntries(Object.values(gates).map((status) => [status.gate, status.state]));
}
