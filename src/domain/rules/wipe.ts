/** Gate `wipe`: one command per approval, and only the MDM's terminal state for that very command counts. */
import type { CustodyState, WipeAttempt } from '../custody-state.ts';
import { blockingExceptions, lastDecided } from '../exceptions.ts';
import type { GateState } from '../gates.ts';
import type { Judgement, RuleContext, Step } from '../judgement.ts';
import { toMs } from '../time.ts';
import { wipeStanding } from '../wipe-proof.ts';
import type { WipeStanding } from '../wipe-proof.ts';
import { openedAt, raise, recordIn, through, waiting, withStep } from './standing.ts';

/**
 * The exception that each ending of an attempt is decided by: once that one is, a new attempt under a new approval may
 * follow. Another ending than the decided one is decided anew.
 */
const ENDS_WITH: Partial<Record<WipeStanding['state'], string>> = {
  refused: 'wipe-refused',
  unknown: 'wipe-outcome-unknown',
  'not-accepted': 'wipe-not-accepted',
  failed: 'wipe-failed',
  cancelled: 'wipe-failed',
  ambiguous: 'wipe-ambiguous',
};

interface Attempted {
  readonly attempt: WipeAttempt;
  readonly standing: WipeStanding;
}

export function judgeWipe(custody: CustodyState, context: RuleContext): Judgement<'wipe'> {
  const attempts = custody.wipes.map((attempt) => ({
    attempt,
    standing: wipeStanding(attempt, custody.opened.data.platform, context.policy, context.now),
  }));
  const proven = attempts.find(({ standing }) => standing.state === 'acknowledged');
  if (proven !== undefined)
    return through('wipe', 'satisfied', proven.standing.since, proven.standing.evidence, 'acknowledged');
  const last = attempts.at(-1) ?? null;
  const judgement = waitingFor(custody, last, context);
  if (blockingExceptions(custody.exceptions, 'wipe').length > 0) return judgement;
  return withStep(judgement, nextStep(custody, attempts, context) ?? judgement.step);
}

function waitingFor(custody: CustodyState, last: Attempted | null, context: RuleContext): Judgement<'wipe'> {
  const standing = last?.standing ?? null;
  const held = standing?.state === 'held';
  return waiting(
    {
      gate: 'wipe',
      state: gateState(standing),
      since: standing?.since ?? custody.opened.at,
      evidence: standing?.evidence ?? [],
      deviceId: custody.deviceId,
      block: {
        kind: held ? 'decision' : 'action',
        code: held ? heldCode(last) : blockCode(standing),
        owner: held ? 'approver' : standing?.state === 'accepted' ? 'device' : 'handback',
      },
      dueAt: openedAt(custody) + context.policy.wipe.dueMs,
      changesAt: standing?.changesAt ?? retryAt(standing, context),
      raised: custody.escalations,
      exceptions: custody.exceptions,
    },
    context,
  );
}

/** `null` when there is only to wait. */
function nextStep(custody: CustodyState, attempts: readonly Attempted[], context: RuleContext): Step | null {
  const obstacle = obstacleTo(custody);
  if (obstacle !== null)
    return raise(obstacle, 'wipe', obstacle === 'device-unmanaged' ? 'asset-manager' : 'approver');
  const connector = recordIn(custody, 'mdm')?.connector;
  if (connector === undefined) return null;
  const last = attempts.at(-1);
  if (last === undefined || wasDecided(custody, last)) return approve(attempts, context);
  const { approvalId, expiresAt } = last.attempt.approved.data;
  switch (last.standing.state) {
    case 'approved':
      if (toMs(expiresAt) <= context.now) return approve(attempts, context);
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

/** What only a person's decision can lift before any command may be thought of. */
function obstacleTo(custody: CustodyState): string | null {
  if (recordIn(custody, 'mdm') === null) return 'device-unmanaged';
  // One serial, two records: nothing says which of them is the machine.
  if (custody.opened.data.records.filter((record) => record.sourceKind === 'mdm').length > 1)
    return 'device-ambiguous';
  if (custody.opened.data.ownership !== 'corporate') return 'device-not-corporate';
  const names = custody.opened.data.records.map((record) => record.namesLeaver);
  if (names.includes(false)) return 'holder-mismatch';
  if (sourcesNamingLeaver(custody) < 2) return 'holder-in-one-source-only';
  return null;
}

function sourcesNamingLeaver(custody: CustodyState): number {
  return new Set(
    custody.opened.data.records
      .filter((record) => record.namesLeaver === true)
      .map((record) => record.connector),
  ).size;
}

/**
 * Approval by policy: only where the policy says so and all sources agree that the leaver is the holder, at least two of
 * them naming the leaver.
 */
function approve(attempts: readonly Attempted[], context: RuleContext): Step {
  if (context.policy.wipe.approval !== 'policy') return raise('wipe-needs-approval', 'wipe', 'approver');
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
  return (retryAt(last.standing, context) ?? 0) > context.now ? null : approve(attempts, context);
}

function retryAt(standing: WipeStanding | null, context: RuleContext): number | null {
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

/** What holds it: the kill switch, or the wipe limit. */
function heldCode(last: Attempted | null): string {
  return last?.attempt.held?.data.codes.includes('kill-switch') === true
    ? 'kill-switch-on'
    : 'wipe-limit-reached';
}

function gateState(standing: WipeStanding | null): GateState {
  if (standing === null) return 'waiting';
  if (standing.state === 'held') return 'held';
  return standing.state === 'failed' ||
    standing.state === 'ambiguous' ||
    standing.state === 'refused' ||
    standing.state === 'cancelled'
    ? 'failed'
    : 'in-progress';
}

function blockCode(standing: WipeStanding | null): string {
  return standing === null ? 'wipe-not-begun' : `wipe-${standing.state}`;
}
