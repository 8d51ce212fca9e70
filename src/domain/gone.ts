/**
 * Who counts as gone: Okta `DEPROVISIONED`; Entra disabled with the leave date passed, or deleted; HR's last day passed. A
 * suspension alone never does: leave of absence exists.
 */
export type AccountReading = 'active' | 'suspended' | 'deactivated' | 'deleted';

export interface PresenceReading {
  readonly connector: string;
  /** `hard`: the provider's deactivated state alone means gone (Okta). `dated`: it needs a leave date too (Entra). */
  readonly rule: 'hard' | 'dated';
  readonly state: AccountReading;
  /** Leave date by that provider, epoch milliseconds. */
  readonly leaveAt: number | null;
}

/**
 * @param readings The person's accounts, read live.
 * @param hrLeaveAt The end of the last working day by HR or by the case's operator, epoch milliseconds.
 * @returns `gone` only when no account is usable and at least one reading, or HR, says that the person has left.
 */
export function presence(
  readings: readonly PresenceReading[],
  hrLeaveAt: number | null,
  now: number,
): 'gone' | 'present' {
  if (readings.some((reading) => reading.state === 'active' || reading.state === 'suspended'))
    return 'present';
  const hrGone = hrLeaveAt !== null && hrLeaveAt <= now;
  return hrGone || readings.some((reading) => isGone(reading, now)) ? 'gone' : 'present';
}

/** Whether one account, by its provider's own rule, shows that the person has left. */
export function isGone(reading: PresenceReading, now: number): boolean {
  if (reading.state === 'deleted') return true;
  if (reading.state !== 'deactivated') return false;
  return reading.rule === 'hard' || (reading.leaveAt !== null && reading.leaveAt <= now);
}
