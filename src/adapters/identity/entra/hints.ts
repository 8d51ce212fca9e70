/**
 * Lifecycle hints out of delta rows. Delta gives the state as it is now, never what changed, so a hint says what the state
 * would mean if it were news; what is no news does no harm, since the state is read again before anybody acts.
 */
import { createHash } from 'node:crypto';
import type { LifecycleKind } from '../../../domain/lifecycle.ts';
import { toUtcIsoOrNever } from '../../clients/utc.ts';
import type { LifecycleHint } from '../port.ts';
import type { DeltaUser } from './schema.ts';

/** A round of change tracking: from one delta link to the next. */
export interface Round {
  /** When the round's baseline was taken, ISO 8601 UTC: whatever it tells happened later. */
  readonly since: string;
  /** All users, not only changed ones. */
  readonly full: boolean;
  /** Full because the baseline was lost, not because it is the first. */
  readonly resync: boolean;
}

/** After a gap, a leave date this much before it can still be news: HR data comes late. */
const LATE_MS = 30 * 24 * 3_600_000;

/** The hints of one row, for `now`. */
export function toHints(row: DeltaUser, round: Round, now: Date): readonly LifecycleHint[] {
  const leaveAt = toUtcIsoOrNever(row.employeeLeaveDateTime);
  const enabled = row.accountEnabled === true;
  const hint = (kind: LifecycleKind, effectiveAt: string | null = null): LifecycleHint => ({
    eventId: eventId(row.id, kind, effectiveAt, round),
    kind,
    externalId: row.id,
    occurredAt: round.since,
    effectiveAt,
    fromState: true,
  });
  const removed = row['@removed'] !== undefined;
  if (round.full) {
    // Who was disabled, deleted or had left before is no news; who leaves later, or may have left in the gap, is.
    if (removed) return round.resync ? [hint('leaver')] : [];
    const from = Date.parse(round.since) - (round.resync ? LATE_MS : 0);
    return leaveAt !== null && Date.parse(leaveAt) >= from ? [hint('leaver', leaveAt)] : [];
  }
  if (removed) return [hint('leaver')];
  if (leaveAt !== null) {
    // Disabled before the leave date: out of office until then, and leaving all the same.
    const early = !enabled && Date.parse(leaveAt) > now.getTime();
    return early ? [hint('suspension'), hint('leaver', leaveAt)] : [hint('leaver', leaveAt)];
  }
  if (!enabled) return [hint('suspension')];
  const createdAt = toUtcIsoOrNever(row.createdDateTime);
  if (createdAt !== null && createdAt >= round.since) return [hint('joiner')];
  // `null`, unlike absent: there was a leave date, and it was taken away.
  return [hint(row.employeeLeaveDateTime === null ? 'cancellation' : 'rehire')];
}

/**
 * The same for a repeated round, whatever became of the first attempt; another for the same state in a later round, since
 * somebody who leaves, comes back and leaves again has left twice.
 */
function eventId(userId: string, kind: LifecycleKind, effectiveAt: string | null, round: Round): string {
  const parts = JSON.stringify([userId, kind, effectiveAt, round.since, round.full]);
  return `delta-${createHash('sha256').update(parts).digest('hex').slice(0, 40)}`;
}
