/** What comes next at the gate `wipe`: an approval, the one command of it, a reading, or somebody's decision. */
import type { CustodyState, WipeAttempt } from '../custody-state.ts';
import { lastDecided } from '../exceptions.ts';
import type { RuleContext, Step } from '../judgement.ts';
import { toMs } from '../time.ts';
import type { WipeStanding } from '../wipe-proof.ts';
import { raise, recordIn } from './standing.ts';
import { obstacleTo } from './wipe-obstacles.ts';
import { wipeBegins } from './wipe-timing.ts';

/**
 * The exception that each ending of an attempt is decided by: once that one is, a new attempt under a new approval may
 * follow. Another ending than the decided one is decided anew.
 */
export const ENDS_WITH: Partial<Record<WipeStanding['state'], string>> = {
  refused: 'wipe-refused',
  unknown: 'wipe-outcome-unknown',
  'not-accepted': 'wipe-not-accepted',
  failed: 'wipe-failed',
  cancelled: 'wipe-failed',
  ambiguous: 'wipe-ambiguous',
};

/** Exceptions that an approval of two people decides: what it sends follows from their looking, not from a rule. */
export const DECIDED_BY_APPROVAL: ReadonlySet<string> = new Set([
  ...Object.values(ENDS_WITH),
  'wipe-needs-approval',
  'wipe-target-vanished',
]);

/** An attempt and how it stands. */
export interface Attempted {
  readonly attempt: WipeAttempt;
  readonly standing: WipeStanding;
}

/** `null` when there is only to wait. */
export function nextStep(
  custody: CustodyState,
  attempts: readonly Attempted[],
  context: RuleContext,
): Step | null {
  // That no device manager knows it was known before: how it is to be sanitised is asked, and nothing is wrong.
  if (custody.opened.data.retired !== undefined) return null;
  const obstacle = obstacleTo(custody);
  if (obstacle !== null)
    return raise(obstacle, 'wipe', obstacle === 'device-unmanaged' ? 'asset-manager' : 'approver');
  const connector = recordIn(custody, 'mdm')?.connector;
  if (connector === undefined) return null;
  const begins = wipeBegins(custody, context);
  const last = attempts.at(-1);
  if (last === undefined && (begins === null || begins > context.now)) return null;
  if (last === undefined || wasDecided(custody, last)) return approve(custody, attempts, context);
  const { approvalId, expiresAt } = last.attempt.approved.data;
  switch (last.standing.state) {
    case 'approved':
      if (toMs(expiresAt) <= context.now) return approve(custody, attempts, context);
      return { do: 'act', acts: [{ act: 'send-wipe', connector, approvalId }] };
    case 'requested':
      return { do: 'act', acts: [{ act: 'send-wipe', connector, approvalId }] };
    case 'unknown':
      return afterLostAnswer(last, connector, context);
    case 'not-accepted':
      return askAgain(custody, attempts, last, context);
    case 'refused':
      return raise('wipe-refused', 'wipe', 'approver');
    case 'failed':
    case 'cancelled':
      return raise('wipe-failed', 'wipe', 'approver');
    case 'ambiguous':
      return raise('wipe-ambiguous', 'wipe', 'approver');
    case 'silence-unread':
      return { do: 'act', acts: [{ act: 'read-wipe', connector, approvalId }] };
    case 'held':
    case 'accepted':
    case 'acknowledged':
    case 'confirmed':
      return null;
  }
}

/**
 * Approval by policy: only where the policy says so and all sources agree that the leaver is the holder, at least two of
 * them naming the leaver. Where people had to say that it is the leaver's, people approve.
 */
function approve(custody: CustodyState, attempts: readonly Attempted[], context: RuleContext): Step {
  // Found long after the leave: nobody wants a wave of wipes of what somebody may use by now.
  if (context.policy.wipe.approval !== 'policy' || custody.opened.data.backfill === true)
    return raise('wipe-needs-approval', 'wipe', 'approver');
  return { do: 'record', records: [{ kind: 'approve-wipe', attempt: attempts.length + 1 }] };
}

function afterLostAnswer(last: Attempted, connector: string, context: RuleContext): Step | null {
  const settlesAt = last.attempt.answered?.data.settlesAt ?? null;
  if (settlesAt === null) return raise('wipe-outcome-unknown', 'wipe', 'approver');
  if (toMs(settlesAt) > context.now) return null;
  return {
    do: 'act',
    acts: [{ act: 'resolve-wipe', connector, approvalId: last.attempt.approved.data.approvalId }],
  };
}

/** The vendor certainly did nothing: ask again under a new approval, a bounded number of times. */
function askAgain(
  custody: CustodyState,
  attempts: readonly Attempted[],
  last: Attempted,
  context: RuleContext,
): Step | null {
  const decided = lastDecided(custody.exceptions, 'wipe-not-accepted');
  const inRow = attempts.filter(
    ({ attempt, standing }) => standing.state === 'not-accepted' && attempt.approved.seq > decided,
  ).length;
  if (inRow >= context.policy.wipe.attempts) return raise('wipe-not-accepted', 'wipe', 'operator');
  return (retryAt(last.standing, context) ?? 0) > context.now ? null : approve(custody, attempts, context);
}

/** When a command that the vendor certainly did not take is asked for again, epoch milliseconds. */
export function retryAt(standing: WipeStanding | null, context: RuleContext): number | null {
  return standing?.state === 'not-accepted' ? toMs(standing.since) + context.policy.wipe.retryMs : null;
}

/** Whether a person has decided, on the exception that this attempt ended in, that it is to be tried again. */
function wasDecided(custody: CustodyState, { attempt, standing }: Attempted): boolean {
  const code = ENDS_WITH[standing.state];
  return custody.exceptions.some(
    ({ opened, resolved }) =>
      opened.data.code === code && resolved?.data.outcome === 'retry' && opened.seq > attempt.approved.seq,
  );
}
