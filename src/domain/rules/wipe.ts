/** Gate `wipe`: one command per approval, and only the MDM's terminal state for that very command counts. */
import type { CustodyState, WipeAttempt } from '../custody-state.ts';
import { blockingExceptions, lastDecided } from '../exceptions.ts';
import type { BlockedBy, GateState } from '../gates.ts';
import { heldBlock } from '../held-by.ts';
import { HOLD_OWNER } from '../holds.ts';
import type { Judgement, RuleContext, Step } from '../judgement.ts';
import { toIso, toMs } from '../time.ts';
import { wipeStanding } from '../wipe-proof.ts';
import type { WipeStanding } from '../wipe-proof.ts';
import { judgeRetire } from './retire.ts';
import { acceptedBenchReport, acceptedCertificates, confirmedBy, isDataBearing } from './sanitisation.ts';
import { recordIn, raise, through, waiting, withStep } from './standing.ts';
import { obstacleTo } from './wipe-obstacles.ts';
import { wipeBegins } from './wipe-timing.ts';

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

/** Exceptions that an approval of two people decides: what it sends follows from their looking, not from a rule. */
export const DECIDED_BY_APPROVAL: ReadonlySet<string> = new Set([
  ...Object.values(ENDS_WITH),
  'wipe-needs-approval',
  'wipe-target-vanished',
]);

interface Attempted {
  readonly attempt: WipeAttempt;
  readonly standing: WipeStanding;
}

export function judgeWipe(custody: CustodyState, context: RuleContext): Judgement<'wipe'> {
  if (custody.route === 'personal') return judgeRetire(custody, context);
  const { opened } = custody;
  if (!isDataBearing(custody))
    return through('wipe', 'not-applicable', opened.at, [opened.key], 'not-data-bearing');
  const attempts = custody.wipes.map((attempt) => ({
    attempt,
    standing: wipeStanding(attempt, custody.opened.data.platform, context.policy, context.now),
  }));
  const last = attempts.at(-1) ?? null;
  const proof = provenBy(custody, attempts, context);
  // What is proven otherwise needs the command no more: it is called back where the MDM can.
  if (proof !== null) return withStep(proof, callBack(custody, last) ?? proof.step);
  const [hold] = custody.holds;
  if (hold !== undefined) return held(custody, last, context);
  if (custody.route === 'legal-retention') return retained(custody, last, context);
  if (delegation(custody) !== null) return delegated(custody, context);
  const judgement = waitingFor(custody, last, context);
  if (blockingExceptions(custody.exceptions, 'wipe').length > 0) return judgement;
  return withStep(judgement, nextStep(custody, attempts, context) ?? judgement.step);
}

/** Whether an approval counts already, or a command of it may still be carried out: a second one would be one too many. */
export function isUnderWay(custody: CustodyState, context: RuleContext): boolean {
  const last = custody.wipes.at(-1);
  if (last === undefined) return false;
  const standing = wipeStanding(last, custody.opened.data.platform, context.policy, context.now);
  if (standing.state === 'approved') return toMs(last.approved.data.expiresAt) > context.now;
  // A lost answer that nothing will resolve is somebody's to decide.
  const isLost = standing.state === 'unknown' && (last.answered?.data.settlesAt ?? null) === null;
  return ENDS_WITH[standing.state] === undefined || (standing.state === 'unknown' && !isLost);
}

/** What satisfies the gate on this route; `null` while nothing does. */
function provenBy(
  custody: CustodyState,
  attempts: readonly Attempted[],
  context: RuleContext,
): Judgement<'wipe'> | null {
  const bench = acceptedBenchReport(custody);
  if (bench !== null) return through('wipe', 'satisfied', bench.at, [bench.key], `bench:${bench.data.level}`);
  for (const { attempt, standing } of attempts) {
    const seen = confirmedBy(custody, attempt, standing);
    if (seen !== null)
      return through('wipe', 'satisfied', seen.at, [...standing.evidence, seen.key], 'confirmed');
  }
  const acknowledged = attempts.find(({ standing }) => standing.state === 'acknowledged');
  // What the next person is given must have been seen at its set-up screen.
  if (acknowledged !== undefined && custody.route !== 'redeploy') {
    const { since, evidence } = acknowledged.standing;
    return through('wipe', 'satisfied', since, evidence, 'acknowledged');
  }
  const decision = delegation(custody);
  const certificates = decision === null ? [] : acceptedCertificates(custody, context.policy);
  const certificate = certificates.at(-1);
  if (decision !== null && certificate !== undefined) {
    const evidence = [decision, ...certificates].map(({ key }) => key);
    return through('wipe', 'substituted', certificate.at, evidence, 'vendor-sanitises');
  }
  return custody.route === 'lost' ? provenLost(custody, attempts.at(-1) ?? null) : null;
}

/** That the vendor is to sanitise it counts on its way to the vendor, and no more once it goes elsewhere. */
function delegation({ route, delegated: decision }: CustodyState): CustodyState['delegated'] {
  return route === 'dispose' ? decision : null;
}

/** The decision stands for the proof once the command waits for the device, or nothing can be sent to it at all. */
function provenLost(custody: CustodyState, last: Attempted | null): Judgement<'wipe'> | null {
  const { lostDeclared } = custody;
  if (lostDeclared === null) return null;
  const queued = last?.standing.state === 'accepted' || last?.standing.state === 'silence-unread';
  if (!queued && obstacleTo(custody) === null) return null;
  const evidence = [lostDeclared.key, ...(last?.standing.evidence ?? [])];
  return through('wipe', 'substituted', lostDeclared.at, evidence, 'lost-decision');
}

/** Tries to call a command back that the device has not taken; once, and whatever comes of it is stated. */
function callBack(custody: CustodyState, last: Attempted | null): Step | null {
  const intentId = last?.attempt.intended?.data.intentId;
  if (last === null || intentId === undefined) return null;
  if (last.standing.state !== 'accepted' || custody.route === 'lost') return null;
  if (custody.cancelsTried.some(({ data }) => data.intentId === intentId)) return null;
  const connector = recordIn(custody, 'mdm')?.connector;
  if (connector === undefined) return null;
  const { approvalId } = last.attempt.approved.data;
  return { do: 'act', acts: [{ act: 'cancel-wipe', connector, approvalId }] };
}

/** A second command, still out when the wipe was proven, is being called back: what comes after the wipe waits for that. */
export function callBackAwaited(
  { deviceId }: CustodyState,
  provenSince: string,
  { policy }: RuleContext,
): BlockedBy {
  return {
    kind: 'action',
    gate: 'wipe',
    deviceId,
    code: 'wipe-call-back-awaited',
    owner: 'handback',
    since: provenSince,
    dueAt: toIso(toMs(provenSince) + policy.wipe.dueMs),
    escalatesAt: null,
    parked: false,
  };
}

/** A hold pauses whatever has not been sent, and calls back what has. */
function held(custody: CustodyState, last: Attempted | null, context: RuleContext): Judgement<'wipe'> {
  const hold = custody.holds.find(({ data }) => data.kind === 'legal') ?? custody.holds[0];
  const kind = hold?.data.kind ?? 'legal';
  const judgement = waiting(
    {
      gate: 'wipe',
      state: 'held',
      since: hold?.at ?? custody.opened.at,
      evidence: custody.holds.map(({ key }) => key),
      deviceId: custody.deviceId,
      block: { kind: 'decision', code: `on-hold-${kind}`, owner: HOLD_OWNER[kind] },
      // A hold lasts as long as whoever placed it says.
      dueAt: null,
      changesAt: last?.standing.changesAt ?? null,
      raised: custody.escalations,
      exceptions: custody.exceptions,
    },
    context,
  );
  return withStep(judgement, callBack(custody, last) ?? judgement.step);
}

/** Kept as it is, by the decision of two people, until somebody looks at it again; what was sent before is called back. */
function retained(custody: CustodyState, last: Attempted | null, context: RuleContext): Judgement<'wipe'> {
  const reviewAt = custody.routeChanged?.data.reviewAt ?? null;
  return withStep(
    waiting(
      {
        gate: 'wipe',
        state: 'held',
        since: custody.routeChanged?.at ?? custody.opened.at,
        deviceId: custody.deviceId,
        block: { kind: 'decision', code: 'in-legal-retention', owner: 'legal', parked: true },
        dueAt: reviewAt === null ? null : toMs(reviewAt),
        raised: custody.escalations,
        exceptions: custody.exceptions,
      },
      context,
    ),
    callBack(custody, last) ?? { do: 'pass' },
  );
}

/** It leaves with its data, sealed; what proves the handoff will prove this. */
function delegated(custody: CustodyState, context: RuleContext): Judgement<'wipe'> {
  const { delegated: decision, deviceId } = custody;
  const since = decision?.at ?? custody.opened.at;
  const { stageDueMs, receiptDueMs, certificateDueMs } = context.policy.handoff;
  return withStep(
    waiting(
      {
        gate: 'wipe',
        state: 'in-progress',
        since,
        evidence: decision === null ? [] : [decision.key],
        deviceId,
        block: { kind: 'action', code: 'vendor-sanitisation-awaited', owner: 'itad-vendor' },
        dueAt: toMs(since) + stageDueMs + receiptDueMs + certificateDueMs,
        raised: custody.escalations,
        exceptions: custody.exceptions,
      },
      context,
    ),
    { do: 'pass' },
  );
}

function waitingFor(custody: CustodyState, last: Attempted | null, context: RuleContext): Judgement<'wipe'> {
  const standing = last?.standing ?? null;
  const begins = wipeBegins(custody, context);
  const isEarly = last === null && (begins === null || begins > context.now) && obstacleTo(custody) === null;
  return waiting(
    {
      gate: 'wipe',
      state: gateState(standing),
      since: standing?.since ?? custody.opened.at,
      evidence: standing?.evidence ?? [],
      deviceId: custody.deviceId,
      block: isEarly ? earlyBlock(begins) : blockOf(custody, last),
      dueAt: begins === null ? null : begins + context.policy.wipe.dueMs,
      changesAt: isEarly ? begins : (standing?.changesAt ?? retryAt(standing, context)),
      raised: custody.escalations,
      exceptions: custody.exceptions,
    },
    context,
  );
}

function earlyBlock(begins: number | null) {
  return begins === null
    ? ({ kind: 'action', code: 'wipe-awaits-return', owner: 'leaver' } as const)
    : ({ kind: 'time', code: 'wipe-in-grace', owner: 'handback' } as const);
}

function blockOf(custody: CustodyState, last: Attempted | null) {
  if (custody.opened.data.retired !== undefined)
    return { kind: 'decision', code: 'sanitisation-undecided', owner: 'asset-manager' } as const;
  const standing = last?.standing ?? null;
  if (standing?.state === 'acknowledged' && custody.route === 'redeploy')
    return { kind: 'action', code: 'set-up-screen-awaited', owner: 'dock' } as const;
  if (standing?.state === 'held') return heldBlock(last?.attempt.held?.data.codes ?? []);
  const owner = standing?.state === 'accepted' ? 'device' : 'handback';
  return { kind: 'action', code: blockCode(standing), owner } as const;
}

/** `null` when there is only to wait. */
function nextStep(custody: CustodyState, attempts: readonly Attempted[], context: RuleContext): Step | null {
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
