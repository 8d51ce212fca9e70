import type { RefusalCode } from '../../../src/domain/guard.ts';
import type { LockedFacts } from '../../../src/store/wipe-intents.ts';

/** What stands under lock, as the guard reads it, written out anew. */
export function judgeLocked(locked: LockedFacts): readonly RefusalCode[] {
  const codes: RefusalCode[] = [];
  if (locked.killSwitch) codes.push('kill-switch');
  if (!locked.caseOpen) codes.push('case-not-open');
  if (!locked.custodyOpen) codes.push('custody-not-open');
  if (locked.holds !== 'none') codes.push('on-hold');
  if (locked.approval === null) codes.push('approval-missing');
  if (!locked.limitLeft) codes.push('limit-reached');
  return codes;
}
