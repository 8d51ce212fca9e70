/** A custody epoch as its facts tell it: a pure fold, the only reading of the device stream that rules use. */
import { roundOf } from './fact.ts';
import type { AnyFact, Fact } from './fact.ts';
import { applyReturn, emptyReturn } from './return-state.ts';
import type { ReturnDraft, ReturnState } from './return-state.ts';
import type { Route } from './routes.ts';
import { applyWipe } from './wipe-attempts.ts';
import type { WipeAttempt } from './wipe-attempts.ts';

export type { WipeAttempt } from './wipe-attempts.ts';

/** A command that is not a wipe, from its claim to what became of it. */
export interface SentCommand {
  readonly intended: Fact<'command.intended'>;
  readonly answered: Fact<'command.answered'> | null;
  /** The latest observation. */
  readonly observed: Fact<'command.observed'> | null;
}

export interface OpenException {
  readonly opened: Fact<'exception.opened'>;
  readonly resolved: Fact<'exception.resolved'> | null;
}

export interface CustodyState extends ReturnState {
  readonly deviceId: string;
  readonly epoch: number;
  readonly opened: Fact<'custody.opened'>;
  readonly cancelled: Fact<'custody.cancelled'> | null;
  readonly closed: Fact<'custody.closed'> | null;
  /** What it is judged by. */
  readonly policyDigest: string;
  /** Where it is going by the latest decision. */
  readonly route: Route;
  readonly routeChanged: Fact<'route.changed'> | null;
  readonly handover: Fact<'handover.not-required'> | null;
  readonly handedOver: Fact<'handover.done'> | null;
  /** In force, in the order in which they were placed. */
  readonly holds: readonly Fact<'hold.placed'>[];
  readonly waivers: readonly Fact<'gate.waived'>[];
  readonly mismatchApproved: Fact<'mismatch.approved'> | null;
  readonly delegated: Fact<'sanitisation.delegated'> | null;
  readonly benchReports: readonly Fact<'sanitisation.reported'>[];
  /** Serials of the data-bearing drives in it, as last said. */
  readonly drives: readonly string[];
  readonly substitutes: readonly Fact<'substitute.recorded'>[];
  /** Until it is found. */
  readonly lostReported: Fact<'lost.reported'> | null;
  readonly lostDeclared: Fact<'lost.declared'> | null;
  readonly cancelsTried: readonly Fact<'wipe.cancel-tried'>[];
  readonly commands: readonly SentCommand[];
  /** A retire that is held, and not freed since. */
  readonly retireHeld: Fact<'command.held'> | null;
  /** How often a retire was held. */
  readonly timesRetireHeld: number;
  readonly declined: readonly Fact<'command.declined'>[];
  readonly releases: readonly Fact<'release.read'>[];
  /** In the order of their approvals. */
  readonly wipes: readonly WipeAttempt[];
  readonly manifested: Fact<'handoff.manifested'> | null;
  readonly dockScanned: Fact<'handoff.scanned'> | null;
  readonly vendorScanned: Fact<'handoff.scanned'> | null;
  readonly transferred: Fact<'handoff.transferred'> | null;
  readonly received: Fact<'handoff.received'> | null;
  readonly certificates: readonly Fact<'handoff.certified'>[];
  /** The vendor's latest word on what became of it. */
  readonly disposed: Fact<'handoff.disposed'> | null;
  /** What the vendor said when the custody had been closed, in that order. */
  readonly reportedLate: readonly Fact<'disposition.reported-late'>[];
  /** The last that was entered in the books of it. */
  readonly enteredLate: Fact<'disposition.entered'> | null;
  /** The inventory says that it left. */
  readonly leftShown: Fact<'inventory.left'> | null;
  readonly closureWritten: Fact<'closure.written'> | null;
  readonly closureNotFound: Fact<'closure.not-found'> | null;
  readonly closureReadBack: Fact<'closure.read-back'> | null;
  readonly exceptions: readonly OpenException[];
  readonly escalations: readonly Fact<'escalation.raised'>[];
  /** Deadlines that were missed, healed or not. */
  readonly breaches: readonly Fact<'deadline.breached'>[];
}

type Draft = { -readonly [K in keyof CustodyState]: CustodyState[K] } & ReturnDraft & {
    wipes: WipeAttempt[];
    certificates: Fact<'handoff.certified'>[];
    reportedLate: Fact<'disposition.reported-late'>[];
    exceptions: OpenException[];
    escalations: Fact<'escalation.raised'>[];
    breaches: Fact<'deadline.breached'>[];
    holds: Fact<'hold.placed'>[];
    waivers: Fact<'gate.waived'>[];
    benchReports: Fact<'sanitisation.reported'>[];
    substitutes: Fact<'substitute.recorded'>[];
    cancelsTried: Fact<'wipe.cancel-tried'>[];
    commands: SentCommand[];
    declined: Fact<'command.declined'>[];
    releases: Fact<'release.read'>[];
  };

/**
 * Reads one epoch out of a device's stream.
 *
 * @param facts The device's stream in the order of `seq`.
 * @returns `null` when the stream never opened that epoch.
 */
export function foldCustody(facts: readonly AnyFact[], epoch: number): CustodyState | null {
  let draft: Draft | null = null;
  for (const fact of facts) {
    if (fact.type === 'custody.opened' && fact.data.epoch === epoch) draft = emptyCustody(fact);
    if (draft !== null) apply(draft, fact, epoch);
  }
  return draft;
}

function emptyCustody(opened: Fact<'custody.opened'>): Draft {
  return {
    deviceId: opened.stream.slice('device:'.length),
    epoch: opened.data.epoch,
    opened,
    cancelled: null,
    closed: null,
    policyDigest: opened.data.policyDigest,
    route: opened.data.route,
    routeChanged: null,
    handover: null,
    handedOver: null,
    holds: [],
    waivers: [],
    mismatchApproved: null,
    delegated: null,
    benchReports: [],
    drives: opened.data.retired?.drives ?? [],
    substitutes: [],
    lostReported: null,
    lostDeclared: null,
    cancelsTried: [],
    commands: [],
    retireHeld: null,
    timesRetireHeld: 0,
    declined: [],
    releases: [],
    wipes: [],
    ...emptyReturn(),
    manifested: null,
    dockScanned: null,
    vendorScanned: null,
    transferred: null,
    received: null,
    certificates: [],
    disposed: null,
    reportedLate: [],
    enteredLate: null,
    leftShown: null,
    closureWritten: null,
    closureNotFound: null,
    closureReadBack: null,
    exceptions: [],
    escalations: [],
    breaches: [],
  };
}

function apply(draft: Draft, fact: AnyFact, epoch: number): void {
  if (fact.type === 'exception.resolved') return resolveException(draft, fact);
  if (roundOf(fact) !== epoch) return;
  switch (fact.type) {
    case 'custody.cancelled':
      draft.cancelled = fact;
      return;
    case 'custody.closed':
      draft.closed = fact;
      return;
    case 'handover.not-required':
      draft.handover = fact;
      return;
    case 'handoff.manifested':
      draft.manifested = fact;
      return;
    case 'handoff.unmanifested':
      if (draft.manifested?.data.pickupId === fact.data.pickupId) draft.manifested = null;
      return;
    case 'deadline.breached':
      draft.breaches.push(fact);
      return;
    case 'handoff.scanned':
      if (fact.data.by === 'dock') draft.dockScanned ??= fact;
      else draft.vendorScanned ??= fact;
      return;
    case 'handoff.transferred':
      draft.transferred ??= fact;
      return;
    case 'handoff.received':
      draft.received ??= fact;
      return;
    case 'handoff.certified':
      draft.certificates.push(fact);
      return;
    case 'handoff.disposed':
      draft.disposed = fact;
      return;
    case 'disposition.reported-late':
      draft.reportedLate.push(fact);
      return;
    case 'disposition.entered':
      draft.enteredLate = fact;
      return;
    case 'inventory.left':
      draft.leftShown ??= fact;
      return;
    case 'closure.written':
      draft.closureWritten = fact;
      return;
    case 'closure.not-found':
      draft.closureNotFound = fact;
      return;
    case 'closure.read-back':
      draft.closureReadBack = fact;
      return;
    case 'exception.opened':
      draft.exceptions.push({ opened: fact, resolved: null });
      return;
    case 'escalation.raised':
      draft.escalations.push(fact);
      return;
    default:
      applyReturn(draft, fact);
      applyDecided(draft, fact);
      applyCommand(draft, fact);
      applyWipe(draft, fact);
  }
}

/** What people decided or brought as evidence. */
function applyDecided(draft: Draft, fact: AnyFact): void {
  switch (fact.type) {
    case 'route.changed':
      draft.routeChanged = fact;
      draft.route = fact.data.to;
      return;
    case 'custody.policy-moved':
      draft.policyDigest = fact.data.to;
      return;
    case 'handover.done':
      draft.handedOver = fact;
      return;
    case 'hold.placed':
      draft.holds.push(fact);
      return;
    case 'hold.lifted':
      draft.holds = draft.holds.filter((hold) => hold.data.holdId !== fact.data.holdId);
      return;
    case 'gate.waived':
      draft.waivers.push(fact);
      return;
    case 'mismatch.approved':
      draft.mismatchApproved = fact;
      return;
    case 'sanitisation.delegated':
      draft.delegated = fact;
      return;
    case 'sanitisation.reported':
      draft.benchReports.push(fact);
      return;
    case 'drives.recorded':
      draft.drives = fact.data.drives;
      return;
    case 'substitute.recorded':
      draft.substitutes.push(fact);
      return;
    case 'lost.reported':
      draft.lostReported = fact;
      return;
    case 'lost.declared':
      draft.lostDeclared = fact;
      return;
    case 'device.found':
      draft.lostReported = null;
      draft.lostDeclared = null;
      draft.route = fact.data.route;
      return;
    default:
  }
}

/** What device managers were asked for beside the wipe. */
function applyCommand(draft: Draft, fact: AnyFact): void {
  switch (fact.type) {
    case 'wipe.cancel-tried':
      draft.cancelsTried.push(fact);
      return;
    case 'command.intended':
      draft.commands.push({ intended: fact, answered: null, observed: null });
      return;
    case 'command.held':
      draft.retireHeld = fact;
      draft.timesRetireHeld += 1;
      return;
    case 'command.freed':
      draft.retireHeld = null;
      return;
    case 'command.declined':
      draft.declined.push(fact);
      return;
    case 'command.answered':
      return changeCommand(draft, fact.data.intentId, { answered: fact });
    case 'command.observed':
      return changeCommand(draft, fact.data.intentId, { observed: fact });
    case 'release.read':
      draft.releases.push(fact);
      return;
    default:
  }
}

function changeCommand(draft: Draft, intentId: string, to: Partial<SentCommand>): void {
  draft.commands = draft.commands.map((command) =>
    command.intended.data.intentId === intentId ? { ...command, ...to } : command,
  );
}

function resolveException(draft: Draft, fact: Fact<'exception.resolved'>): void {
  draft.exceptions = draft.exceptions.map((exception) =>
    exception.opened.data.exceptionId === fact.data.exceptionId
      ? { ...exception, resolved: fact }
      : exception,
  );
}
