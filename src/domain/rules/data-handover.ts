/** Gate `data-handover`: has what only the device holds been taken over? Not required when the policy says so. */
import type { CustodyState } from '../custody-state.ts';
import type { Judgement, RuleContext } from '../judgement.ts';
import { RULES_VERSION } from '../rules-version.ts';
import { factOf, openedAt, through, waiting, withStep } from './standing.ts';

export function judgeDataHandover(custody: CustodyState, context: RuleContext): Judgement<'data-handover'> {
  const { handover, deviceId, epoch } = custody;
  if (handover !== null)
    return through('data-handover', 'not-applicable', handover.at, [handover.key], 'policy');
  const step = factOf({
    type: 'handover.not-required',
    key: `handover.not-required:${deviceId}:${epoch}`,
    data: { epoch, basis: 'policy', rulesVersion: RULES_VERSION, policyDigest: context.policyDigest },
  });
  const judgement = waiting(
    {
      gate: 'data-handover',
      state: 'waiting',
      since: custody.opened.at,
      deviceId,
      block: { kind: 'action', code: 'handover-not-judged', owner: 'handback' },
      // It stands before the wipe, and so has no later deadline than that.
      dueAt: openedAt(custody) + context.policy.wipe.dueMs,
      raised: custody.escalations,
      exceptions: custody.exceptions,
    },
    context,
  );
  return withStep(judgement, step);
}
