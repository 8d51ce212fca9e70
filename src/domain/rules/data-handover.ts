/**
 * Gate `data-handover`: has what only the leaver had been taken over? By evidence of who took over what, or by a reasoned "not
 * required" of the policy or of a person.
 */
import type { CustodyState } from '../custody-state.ts';
import { HOLD_OWNER } from '../holds.ts';
import type { Judgement, RuleContext } from '../judgement.ts';
import { RULES_VERSION } from '../rules-version.ts';
import { factOf, offRoute, openedAt, through, waiting, withStep } from './standing.ts';

export function judgeDataHandover(custody: CustodyState, context: RuleContext): Judgement<'data-handover'> {
  const { handover, handedOver, deviceId, epoch, route } = custody;
  const hold = custody.holds.find(({ data }) => data.kind === 'data-handover');
  if (hold === undefined) {
    if (handedOver !== null)
      return through('data-handover', 'satisfied', handedOver.at, [handedOver.key], 'taken-over');
    if (handover !== null)
      return through('data-handover', 'not-applicable', handover.at, [handover.key], handover.data.basis);
    // A personal device holds nothing that a selective retire would take from anybody; a lost one can give nothing.
    if (route === 'personal' || route === 'lost') return offRoute('data-handover', custody);
    const { opened } = custody;
    if (opened.data.retired !== undefined)
      return through('data-handover', 'not-applicable', opened.at, [opened.key], 'no-person');
  }
  const { required, dueMs } = context.policy.dataHandover;
  const judgement = waiting(
    {
      gate: 'data-handover',
      state: hold === undefined ? 'waiting' : 'held',
      since: hold?.at ?? custody.opened.at,
      deviceId,
      block:
        hold !== undefined
          ? { kind: 'decision', code: 'on-hold-data-handover', owner: HOLD_OWNER['data-handover'] }
          : required
            ? { kind: 'action', code: 'handover-awaited', owner: 'manager' }
            : { kind: 'action', code: 'handover-not-judged', owner: 'handback' },
      dueAt: openedAt(custody) + (required ? dueMs : context.policy.wipe.dueMs),
      raised: custody.escalations,
      exceptions: custody.exceptions,
    },
    context,
  );
  if (required || hold !== undefined) return judgement;
  return withStep(
    judgement,
    factOf({
      type: 'handover.not-required',
      key: `handover.not-required:${deviceId}:${epoch}`,
      data: { epoch, basis: 'policy', rulesVersion: RULES_VERSION, policyDigest: context.policyDigest },
    }),
  );
}
