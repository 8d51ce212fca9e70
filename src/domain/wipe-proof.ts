/**
 * What an MDM's word about a wipe command proves, per platform.
 *
 * | platform | acknowledged when | ambiguous |
 * |---|---|---|
 * | Windows, Android, Linux, ChromeOS | the MDM's terminal success for that very command | — |
 * | macOS, iOS | terminal success *and* silence of the device for the policy's time, since Apple devices acknowledge before they erase | an error: Apple's EraseDevice may answer Error and erase all the same |
 * | unknown | never | every terminal state |
 *
 * Sources: Microsoft Graph `deviceActionResult` (actionState); Apple device management schema, `device.erase.yaml`
 * (ObliterationBehavior).
 */
import type { Platform } from './platform.ts';
import type { WipeAttempt } from './custody-state.ts';
import type { Policy } from './policy.ts';
import { toMs } from './time.ts';
import type { WipeObservation, WipeState } from './wipe.ts';

export interface WipeStanding {
  readonly state:
    | WipeState
    | 'ambiguous'
    | 'not-accepted'
    | 'refused'
    | 'approved'
    | 'held'
    | 'silence-unread';
  /** Since when, ISO 8601 UTC. */
  readonly since: string;
  /** When time alone may change the standing, epoch milliseconds. */
  readonly changesAt: number | null;
  readonly evidence: readonly string[];
}

/** How one attempt stands, by its facts and the given time. */
export function wipeStanding(
  attempt: WipeAttempt,
  platform: Platform,
  policy: Policy,
  now: number,
): WipeStanding {
  const { approved, refused, intended, answered, resolved, observed } = attempt;
  if (observed !== null) {
    const seen = { ...observed.data.observation, lastSeenAt: attempt.lastSeenAt };
    return observedStanding(observed.key, seen, attempt.silence, platform, policy, now);
  }
  if (intended === null && refused !== null) return at('refused', refused.at, [refused.key]);
  if (intended === null && attempt.held !== null) return at('held', attempt.held.at, [attempt.held.key]);
  if (intended === null) return at('approved', approved.at, [approved.key]);
  if (answered === null) return at('requested', intended.at, [intended.key]);
  if (answered.data.answer === 'accepted') return at('accepted', answered.at, [answered.key]);
  if (answered.data.answer === 'not-accepted') return at('not-accepted', answered.at, [answered.key]);
  if (resolved === null) {
    const settles = answered.data.settlesAt;
    return {
      ...at('unknown', answered.at, [answered.key]),
      changesAt: settles === null ? null : toMs(settles),
    };
  }
  return resolved.data.found
    ? at('accepted', resolved.at, [resolved.key])
    : at('not-accepted', resolved.at, [resolved.key]);
}

function observedStanding(
  key: string,
  seen: WipeObservation,
  silence: WipeAttempt['silence'],
  platform: Platform,
  policy: Policy,
  now: number,
): WipeStanding {
  switch (seen.state) {
    case 'pending':
    case 'active':
      return at('accepted', seen.startedAt, [key]);
    case 'done':
      return doneStanding(key, seen, silence, platform, policy, now);
    case 'failed':
      return at(isApple(platform) || platform === 'unknown' ? 'ambiguous' : 'failed', seen.updatedAt, [key]);
    case 'not-supported':
      return at('failed', seen.updatedAt, [key]);
    case 'cancelled':
      return at('cancelled', seen.updatedAt, [key]);
  }
}

function doneStanding(
  key: string,
  seen: WipeObservation,
  silence: WipeAttempt['silence'],
  platform: Platform,
  policy: Policy,
  now: number,
): WipeStanding {
  if (platform === 'unknown') return at('ambiguous', seen.updatedAt, [key]);
  if (!isApple(platform)) return at('acknowledged', seen.updatedAt, [key]);
  const done = toMs(seen.updatedAt);
  const lives = [seen.lastSeenAt, silence?.data.lastSeenAt ?? null].filter((life) => life !== null);
  if (lives.some((life) => toMs(life) > done)) return at('ambiguous', seen.updatedAt, [key]);
  const proven = done + policy.wipe.appleSilenceMs;
  // Silence is what was read after that time, not that nobody looked.
  if (silence !== null && toMs(silence.data.readAt) >= proven)
    return at('acknowledged', silence.at, [key, silence.key]);
  if (now >= proven) return at('silence-unread', seen.updatedAt, [key]);
  return { ...at('accepted', seen.updatedAt, [key]), changesAt: proven };
}

function isApple(platform: Platform): boolean {
  return platform === 'macos' || platform === 'ios';
}

function at(state: WipeStanding['state'], since: string, evidence: readonly string[]): WipeStanding {
  return { state, since, changesAt: null, evidence };
}
