/** Gate `wipe`: one command per approval, and only the MDM's terminal state for that very command counts. */
import type { CustodyState } from '../custody-state.ts';
import { blockingExceptions } from '../exceptions.ts';
import { HOLD_OWNER } from '../holds.ts';
import type { Judgement, RuleContext, Step } from '../judgement.ts';
import { toMs } from '../time.ts';
import { wipeStanding } from '../wipe-proof.ts';
import { judgeRetire } from './retire.ts';
import { acceptedBenchReport, acceptedCertificates, confirmedBy, isDataBearing } from './sanitisation.ts';
import { recordIn, through, waiting, withStep } from './standing.ts';
import { obstacleTo } from './wipe-obstacles.ts';
import { ENDS_WITH, nextStep } from './wipe-step.ts';
import type { Attempted } from './wipe-step.ts';
import { delegated, waitingFor } from './wipe-waits.ts';

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
