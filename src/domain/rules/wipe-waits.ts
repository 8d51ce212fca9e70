/** What the gate `wipe` waits for while nothing proves it: whose move it is, and until when. */
import type { CustodyState } from '../custody-state.ts';
import type { BlockedBy, GateState } from '../gates.ts';
import { heldBlock } from '../held-by.ts';
import type { Judgement, RuleContext } from '../judgement.ts';
import { toIso, toMs } from '../time.ts';
import type { WipeStanding } from '../wipe-proof.ts';
import { waiting, withStep } from './standing.ts';
import { obstacleTo } from './wipe-obstacles.ts';
import { retryAt } from './wipe-step.ts';
import type { Attempted } from './wipe-step.ts';
import { wipeBegins } from './wipe-timing.ts';

/** Waits for the command: to begin, to be sent, to be carried out. */
export function waitingFor(
  custody: CustodyState,
  last: Attempted | null,
  context: RuleContext,
): Judgement<'wipe'> {
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

/** It leaves with its data, sealed; what proves the handoff will prove this. */
export function delegated(custody: CustodyState, context: RuleContext): Judgement<'wipe'> {
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
