import type { AnyFact } from '../../../../src/domain/fact.ts';

/** Whether a new approval may follow that one, by the raw facts: unused and expired, certainly not accepted, or ended and decided by a person after that. */
export function mayFollow(facts: readonly AnyFact[], approvalId: string, now: number): boolean {
  const intended = facts.find((one) => one.type === 'wipe.intended' && one.data.approvalId === approvalId);
  const approved = facts.find((one) => one.type === 'wipe.approved' && one.data.approvalId === approvalId);
  if (approved?.type !== 'wipe.approved') return false;
  const decided = facts.some(
    (one) =>
      one.type === 'exception.resolved' &&
      one.seq > approved.seq &&
      /^exc_wipe-(failed|ambiguous|refused|outcome-unknown|not-accepted)_/u.test(one.data.exceptionId),
  );
  if (decided) return true;
  if (intended?.type !== 'wipe.intended') return Date.parse(approved.data.expiresAt) <= now;
  const { intentId } = intended.data;
  return facts.some(
    (one) =>
      (one.type === 'wipe.answered' &&
        one.data.intentId === intentId &&
        one.data.answer === 'not-accepted') ||
      (one.type === 'wipe.resolved' && one.data.intentId === intentId && !one.data.found),
  );
}
