/** Wipes of one custody as the facts tell them: each command from its approval to what became of it. */
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

interface WipesDraft {
  wipes: WipeAttempt[];
}

/** Takes a fact of a wipe in: others change nothing. */
export function applyWipe(draft: WipesDraft, fact: AnyFact): void {
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

function change(draft: WipesDraft, which: (wipe: WipeAttempt) => boolean, to: Partial<WipeAttempt>): void {
  draft.wipes = draft.wipes.map((wipe) => (which(wipe) ? { ...wipe, ...to } : wipe));
}
