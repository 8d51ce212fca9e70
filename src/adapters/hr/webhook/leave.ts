/** When a leave takes hold. */
import { DateTime } from 'luxon';
import { toUtcIso } from '../../clients/utc.ts';

/**
 * The moment that HR named, else the end of the last working day where the person works (its last millisecond, whatever the
 * clocks do that night). ISO 8601 UTC; `null` when there is no such day or zone.
 */
export function leaveInstant(
  leave: {
    readonly lastWorkingDay?: string | null | undefined;
    readonly leaveAt?: string | null | undefined;
  },
  timeZone: string,
): string | null {
  if (leave.leaveAt !== null && leave.leaveAt !== undefined) return toUtcIso(leave.leaveAt);
  if (leave.lastWorkingDay === null || leave.lastWorkingDay === undefined) return null;
  const end = DateTime.fromISO(leave.lastWorkingDay, { zone: timeZone }).endOf('day');
  return end.isValid ? end.toUTC().toISO() : null;
}
