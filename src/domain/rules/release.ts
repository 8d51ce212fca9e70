/**
 * Letting a device go: Activation Lock, Autopilot, the maker's register, the MDM's record. A step of its own, after the data is proven gone and where
 * ownership ends; each counts when it is read back, not when it was asked for.
 */
import type { CustodyState } from '../custody-state.ts';
import type { ReleaseStep } from '../device-commands.ts';
import { lastDecided } from '../exceptions.ts';
import type { DeviceGate } from '../gates.ts';
import type { Act, Judgement, RuleContext } from '../judgement.ts';
import type { Policy } from '../policy.ts';
import { toMs } from '../time.ts';
import { acceptedCertificate } from './sanitisation.ts';
import { raise, recordIn, waiting, withStep } from './standing.ts';
import { judgeWipe } from './wipe.ts';

/** @returns `null` when nothing (any more) binds the device to us; otherwise how `gate` waits for that. */
export function judgeRelease<G extends DeviceGate>(
  gate: G,
  custody: CustodyState,
  readySince: string,
  context: RuleContext,
): Judgement<G> | null {
  const open = openSteps(custody, context.policy);
  if (open.length === 0) return null;
  if (!isSanitised(custody, context)) return unproven(gate, custody, readySince, context);
  const judgement = waiting(
    {
      gate,
      state: 'in-progress',
      since: readySince,
      deviceId: custody.deviceId,
      block: { kind: 'action', code: 'release-not-read-back', owner: 'handback' },
      dueAt: toMs(readySince) + context.policy.closure.dueMs,
      raised: custody.escalations,
      exceptions: custody.exceptions,
    },
    context,
  );
  const again = nextReading(custody, open, context);
  if (again <= context.now) return withStep(judgement, { do: 'act', acts: actsOf(custody, open, context) });
  if (again < Number.POSITIVE_INFINITY) return withStep(judgement, { do: 'wait', until: again });
  const isShown = custody.exceptions.some(
    ({ opened, resolved }) => opened.data.code === 'release-still-held' && resolved === null,
  );
  return isShown ? judgement : withStep(judgement, raise('release-still-held', gate, 'asset-manager'));
}

/** The register is asked on its own queue; without one that is connected, the device manager's says that there is none. */
function actsOf(
  custody: CustodyState,
  open: readonly ReleaseStep[],
  { enrolment = null }: RuleContext,
): readonly Act[] {
  const manager = recordIn(custody, 'mdm')?.connector ?? null;
  const byManager = open.filter((step) => step !== 'enrolment' || enrolment === null);
  const inRegister = open.filter((step) => !byManager.includes(step));
  const act = (connector: string | null, steps: readonly ReleaseStep[]): readonly Act[] =>
    connector === null || steps.length === 0 ? [] : [{ act: 'release-device', connector, steps }];
  return [...act(manager, byManager), ...act(enrolment, inRegister)];
}

/**
 * When they are asked for and read again, epoch milliseconds: at once at first, and when somebody has decided so; then now and
 * again, since vendors let go in their own time; after so many readings not any more.
 */
function nextReading(
  { releases, exceptions }: CustodyState,
  open: readonly ReleaseStep[],
  { policy, now }: RuleContext,
): number {
  const decided = lastDecided(exceptions, 'release-still-held');
  const times = open.map((step) => {
    const readings = releases.filter(({ seq, data }) => data.step === step && seq > decided);
    const last = readings.at(-1);
    if (last === undefined) return now;
    return readings.length < policy.wipe.attempts
      ? toMs(last.at) + policy.wipe.retryMs
      : Number.POSITIVE_INFINITY;
  });
  return Math.min(...times);
}

/**
 * In the order in which they are done: the record goes last, once nothing is asked through it any more. What was let go by hand
 * is not asked for again.
 */
function openSteps(custody: CustodyState, policy: Policy): readonly ReleaseStep[] {
  const byHand = lastByHand(custody);
  const open = wantedSteps(custody, policy).filter((step) => {
    const last = custody.releases.findLast(({ data }) => data.step === step);
    if (last === undefined) return true;
    return last.data.reading !== 'released' && last.data.reading !== 'not-applicable' && last.seq > byHand;
  });
  const others = open.filter((step) => step !== 'mdm-record');
  return others.length > 0 ? others : open;
}

/** The place of the latest decision that was not to try again: whoever made it let go by hand what had been read; 0 without one. */
function lastByHand({ exceptions }: CustodyState): number {
  return Math.max(
    0,
    ...exceptions.flatMap(({ opened, resolved }) =>
      opened.data.code === 'release-still-held' && resolved !== null && resolved.data.outcome !== 'retry'
        ? [resolved.seq]
        : [],
    ),
  );
}

/**
 * Whether the data is proven gone: by the wipe's own proof, or by the vendor's certificate for it. A waiver proves nothing, and
 * removing the record may itself erase a device that still listens.
 */
function isSanitised(custody: CustodyState, context: RuleContext): boolean {
  const { state } = judgeWipe(custody, context).status;
  if (state === 'satisfied' || state === 'substituted') return true;
  return acceptedCertificate(custody, context.policy) !== null;
}

function unproven<G extends DeviceGate>(
  gate: G,
  custody: CustodyState,
  readySince: string,
  context: RuleContext,
): Judgement<G> {
  return waiting(
    {
      gate,
      state: 'in-progress',
      since: readySince,
      deviceId: custody.deviceId,
      block: { kind: 'decision', code: 'release-awaits-sanitisation', owner: 'asset-manager' },
      dueAt: toMs(readySince) + context.policy.closure.dueMs,
      raised: custody.escalations,
      exceptions: custody.exceptions,
    },
    context,
  );
}

function wantedSteps(custody: CustodyState, { release }: Policy): readonly ReleaseStep[] {
  const { opened, route } = custody;
  // What no device manager knew was not ours to manage, and nothing of it is let go by us.
  if (recordIn(custody, 'mdm') === null) return [];
  // That we manage it no more is the closure of a personal device, whatever else is let go.
  if (route === 'personal') return ['mdm-record'];
  const { platform } = opened.data;
  const apple = platform === 'macos' || platform === 'ios';
  return [
    ...(apple && release.activationLock ? (['activation-lock'] as const) : []),
    ...(platform === 'windows' && release.autopilot ? (['autopilot'] as const) : []),
    ...(apple && release.enrolment === true ? (['enrolment'] as const) : []),
    ...(release.mdmRecord ? (['mdm-record'] as const) : []),
  ];
}
