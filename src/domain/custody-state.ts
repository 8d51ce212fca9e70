/** A custody epoch as its facts tell it: a pure fold, the only reading of the device stream that rules use. */
import { roundOf } from './fact.ts';
import type { AnyFact, Fact } from './fact.ts';
import { toMs } from './time.ts';
import type { WipeObservation } from './wipe.ts';

/** One command to the vendor, from its approval to what became of it. */
export interface WipeAttempt {
  readonly approved: Fact<'wipe.approved'>;
  readonly refused: Fact<'wipe.refused'> | null;
  /** Held by the limit or the kill switch, and not freed since. */
  readonly held: Fact<'wipe.held'> | null;
  /** How often it was held. */
  readonly timesHeld: number;
  readonly intended: Fact<'wipe.intended'> | null;
  readonly answered: Fact<'wipe.answered'> | null;
  readonly resolved: Fact<'wipe.resolved'> | null;
  /** The latest observation of that command by the MDM's own order. */
  readonly observed: Fact<'wipe.observed'> | null;
  /** The latest proof of silence after it. */
  readonly silence: Fact<'wipe.silence'> | null;
  /** The last life of the device that any observation of that command told of, ISO 8601 UTC. */
  readonly lastSeenAt: string | null;
}

export interface OpenException {
  readonly opened: Fact<'exception.opened'>;
  readonly resolved: Fact<'exception.resolved'> | null;
}

export interface CustodyState {
  readonly deviceId: string;
  readonly epoch: number;
  readonly opened: Fact<'custody.opened'>;
  readonly cancelled: Fact<'custody.cancelled'> | null;
  readonly closed: Fact<'custody.closed'> | null;
  readonly handover: Fact<'handover.not-required'> | null;
  /** In the order of their approvals. */
  readonly wipes: readonly WipeAttempt[];
  readonly label: Fact<'return.label-bought'> | null;
  readonly labelUnknown: Fact<'return.label-unknown'> | null;
  readonly tracked: Fact<'return.tracked'> | null;
  readonly chased: readonly Fact<'return.chased'>[];
  readonly returned: Fact<'return.scanned'> | null;
  readonly manifested: Fact<'handoff.manifested'> | null;
  readonly dockScanned: Fact<'handoff.scanned'> | null;
  readonly vendorScanned: Fact<'handoff.scanned'> | null;
  readonly transferred: Fact<'handoff.transferred'> | null;
  readonly received: Fact<'handoff.received'> | null;
  readonly certificates: readonly Fact<'handoff.certified'>[];
  readonly closureWritten: Fact<'closure.written'> | null;
  readonly closureNotFound: Fact<'closure.not-found'> | null;
  readonly closureReadBack: Fact<'closure.read-back'> | null;
  readonly exceptions: readonly OpenException[];
  readonly escalations: readonly Fact<'escalation.raised'>[];
  /** How many facts the device's stream has. */
  readonly factCount: number;
}

type Draft = { -readonly [K in keyof CustodyState]: CustodyState[K] } & {
  wipes: WipeAttempt[];
  chased: Fact<'return.chased'>[];
  certificates: Fact<'handoff.certified'>[];
  exceptions: OpenException[];
  escalations: Fact<'escalation.raised'>[];
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
    if (fact.type === 'custody.opened' && fact.data.epoch === epoch) draft = emptyCustody(fact, facts.length);
    if (draft !== null) apply(draft, fact, epoch);
  }
  return draft;
}

function emptyCustody(opened: Fact<'custody.opened'>, factCount: number): Draft {
  return {
    deviceId: opened.stream.slice('device:'.length),
    epoch: opened.data.epoch,
    opened,
    cancelled: null,
    closed: null,
    handover: null,
    wipes: [],
    label: null,
    labelUnknown: null,
    tracked: null,
    chased: [],
    returned: null,
    manifested: null,
    dockScanned: null,
    vendorScanned: null,
    transferred: null,
    received: null,
    certificates: [],
    closureWritten: null,
    closureNotFound: null,
    closureReadBack: null,
    exceptions: [],
    escalations: [],
    factCount,
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
    case 'return.label-bought':
      draft.label = fact;
      return;
    case 'return.label-unknown':
      draft.labelUnknown = fact;
      return;
    case 'return.tracked':
      if (draft.tracked === null || toMs(draft.tracked.data.occurredAt) <= toMs(fact.data.occurredAt))
        draft.tracked = fact;
      return;
    case 'return.chased':
      draft.chased.push(fact);
      return;
    case 'return.scanned':
      draft.returned ??= fact;
      return;
    case 'handoff.manifested':
      draft.manifested = fact;
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
      applyWipe(draft, fact);
  }
}

function applyWipe(draft: Draft, fact: AnyFact): void {
  switch (fact.type) {
    case 'wipe.approved':
      draft.wipes.push({
        approved: fact,
        refused: null,
        held: null,
        timesHeld: 0,
        silence: null,
        intended: null,
        answered: null,
        resolved: null,
        observed: null,
        lastSeenAt: null,
      });
      return;
    case 'wipe.refused':
      return change(draft, (wipe) => wipe.approved.data.approvalId === fact.data.approvalId, {
        refused: fact,
      });
    case 'wipe.intended':
      return change(draft, (wipe) => wipe.approved.data.approvalId === fact.data.approvalId, {
        intended: fact,
      });
    case 'wipe.answered':
      return change(draft, (wipe) => wipe.intended?.data.intentId === fact.data.intentId, { answered: fact });
    case 'wipe.resolved':
      return change(draft, (wipe) => wipe.intended?.data.intentId === fact.data.intentId, { resolved: fact });
    case 'wipe.held':
      draft.wipes = draft.wipes.map((wipe) =>
        wipe.approved.data.approvalId === fact.data.approvalId
          ? { ...wipe, held: fact, timesHeld: wipe.timesHeld + 1 }
          : wipe,
      );
      return;
    case 'wipe.freed':
      return change(draft, (wipe) => wipe.approved.data.approvalId === fact.data.approvalId, { held: null });
    case 'wipe.silence':
      return change(draft, (wipe) => wipe.intended?.data.intentId === fact.data.intentId, { silence: fact });
    case 'wipe.observed':
      draft.wipes = draft.wipes.map((wipe) => (isOurs(fact, wipe) ? observe(wipe, fact) : wipe));
      return;
    default:
  }
}

/** How far an MDM's clock may be behind ours, milliseconds: a command it says it began earlier than that is an older one. */
const MDM_CLOCK_TOLERANCE_MS = 60_000;

/** Only the very command counts: never an earlier wipe that the MDM still remembers. */
function isOurs({ data }: Fact<'wipe.observed'>, { intended }: WipeAttempt): boolean {
  if (intended === null || intended.data.intentId !== data.intentId) return false;
  return toMs(data.observation.startedAt) >= toMs(intended.at) - MDM_CLOCK_TOLERANCE_MS;
}

function observe(wipe: WipeAttempt, fact: Fact<'wipe.observed'>): WipeAttempt {
  const seen = [wipe.lastSeenAt, fact.data.observation.lastSeenAt].filter((time) => time !== null);
  const lastSeenAt = seen.reduce<string | null>(
    (last, time) => (last === null || toMs(time) > toMs(last) ? time : last),
    null,
  );
  return { ...wipe, lastSeenAt, observed: isNewer(fact, wipe.observed) ? fact : wipe.observed };
}

/**
 * The MDM's own order decides, since sweeps and read-backs may record in any order; of one moment, the state that is final.
 */
function isNewer({ data }: Fact<'wipe.observed'>, known: Fact<'wipe.observed'> | null): boolean {
  if (known === null) return true;
  const later = toMs(data.observation.updatedAt) - toMs(known.data.observation.updatedAt);
  return (
    later > 0 || (later === 0 && (isFinal(data.observation.state) || !isFinal(known.data.observation.state)))
  );
}

function isFinal(state: WipeObservation['state']): boolean {
  return state !== 'pending' && state !== 'active';
}

function change(draft: Draft, which: (wipe: WipeAttempt) => boolean, to: Partial<WipeAttempt>): void {
  draft.wipes = draft.wipes.map((wipe) => (which(wipe) ? { ...wipe, ...to } : wipe));
}

function resolveException(draft: Draft, fact: Fact<'exception.resolved'>): void {
  draft.exceptions = draft.exceptions.map((exception) =>
    exception.opened.data.exceptionId === fact.data.exceptionId
      ? { ...exception, resolved: fact }
      : exception,
  );
}
