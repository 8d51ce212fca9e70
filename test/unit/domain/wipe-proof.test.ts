import { describe, expect, test } from 'vitest';
import { foldCustody } from '../../../src/domain/custody-state.ts';
import { PLATFORMS } from '../../../src/domain/platform.ts';
import type { Platform } from '../../../src/domain/platform.ts';
import { wipeStanding } from '../../../src/domain/wipe-proof.ts';
import type { WipeStanding } from '../../../src/domain/wipe-proof.ts';
import type { WipeObservation } from '../../../src/domain/wipe.ts';
import {
  custodyOpened,
  DAY,
  DEVICE_ID,
  historyOf,
  HOUR,
  iso,
  MINUTE,
  POLICY,
  SECOND,
  T0,
} from './support/history.ts';

const SENT = T0 + HOUR;
const DONE = T0 + 2 * HOUR;
const PROVEN = DONE + POLICY.wipe.appleSilenceMs;

function word(changes: Partial<WipeObservation> = {}): WipeObservation {
  return { state: 'done', startedAt: iso(SENT), updatedAt: iso(DONE), lastSeenAt: null, ...changes };
}

interface Silence {
  readonly readAt: number;
  readonly lastSeenAt: number | null;
}

/** How the one attempt stands after these words of the MDM, in this order, and this reading of silence. */
function standing(
  on: Platform,
  words: readonly WipeObservation[],
  now: number,
  silence: Silence | null = null,
): WipeStanding {
  const history = historyOf(`device:${DEVICE_ID}`);
  history.add('custody.opened', custodyOpened({ platform: on }), T0);
  history.add(
    'wipe.approved',
    {
      epoch: 1,
      approvalId: 'a',
      basis: 'policy',
      policyDigest: 'p',
      actionHash: 'h',
      expiresAt: iso(T0 + DAY),
      attempt: 1,
    },
    SENT,
  );
  history.add(
    'wipe.intended',
    { epoch: 1, approvalId: 'a', intentId: 'i', connector: 'mdm', mdmId: 'm' },
    SENT,
  );
  history.add(
    'wipe.answered',
    { epoch: 1, intentId: 'i', answer: 'accepted', code: null, sendStartedAt: iso(SENT), settlesAt: null },
    SENT,
  );
  for (const observation of words)
    history.add('wipe.observed', { epoch: 1, intentId: 'i', connector: 'mdm', observation }, now);
  if (silence !== null) {
    const lastSeenAt = silence.lastSeenAt === null ? null : iso(silence.lastSeenAt);
    history.add(
      'wipe.silence',
      { epoch: 1, intentId: 'i', connector: 'mdm', readAt: iso(silence.readAt), lastSeenAt },
      silence.readAt,
    );
  }
  const [attempt] = foldCustody(history.facts, 1)?.wipes ?? [];
  if (attempt === undefined) throw new Error('no attempt');
  return wipeStanding(attempt, on, POLICY, now);
}

const apple = PLATFORMS.filter((on) => on === 'macos' || on === 'ios');
const plain = PLATFORMS.filter((on) => on !== 'macos' && on !== 'ios' && on !== 'unknown');

describe('what proves a wipe', () => {
  test.each(plain)('on %s the MDM’s terminal success for that very command', (on) => {
    expect(standing(on, [word()], DONE).state).toBe('acknowledged');
    expect(standing(on, [word({ state: 'pending' })], DONE).state).toBe('accepted');
    expect(standing(on, [word({ state: 'active' })], DONE).state).toBe('accepted');
    expect(standing(on, [word({ state: 'failed' })], DONE).state).toBe('failed');
  });

  test.each(apple)(
    'on %s success proves nothing until the device was read silent for the policy’s time',
    (on) => {
      const early = standing(on, [word()], DONE);
      expect([early.state, early.changesAt]).toEqual(['accepted', PROVEN]);
      // Time alone is no silence: nobody has looked.
      expect(standing(on, [word()], PROVEN + 30 * DAY).state).not.toBe('acknowledged');
      expect(standing(on, [word()], PROVEN, { readAt: PROVEN - 1, lastSeenAt: null }).state).not.toBe(
        'acknowledged',
      );
      expect(standing(on, [word()], PROVEN, { readAt: PROVEN, lastSeenAt: null }).state).toBe('acknowledged');
      expect(standing(on, [word()], PROVEN, { readAt: PROVEN, lastSeenAt: DONE }).state).toBe('acknowledged');
      expect(standing(on, [word()], PROVEN, { readAt: PROVEN, lastSeenAt: DONE + SECOND }).state).toBe(
        'ambiguous',
      );
    },
  );

  test.each(apple)('on %s an error is ambiguous: the device may have been erased all the same', (on) => {
    expect(standing(on, [word({ state: 'failed' })], PROVEN).state).toBe('ambiguous');
  });

  test.each(apple)(
    'on %s life that was seen after success is not forgotten by a later word that does not tell of it',
    (on) => {
      const alive = word({ lastSeenAt: iso(DONE + HOUR) });
      const silence = { readAt: PROVEN, lastSeenAt: null };
      expect(standing(on, [alive, word()], PROVEN, silence).state).toBe('ambiguous');
      expect(standing(on, [word(), alive], PROVEN, silence).state).toBe('ambiguous');
    },
  );

  test('on an unknown platform nothing does', () => {
    for (const state of ['done', 'failed'] as const) {
      expect(standing('unknown', [word({ state })], PROVEN, { readAt: PROVEN, lastSeenAt: null }).state).toBe(
        'ambiguous',
      );
    }
  });

  test.each(PLATFORMS)('on %s a success that the MDM remembers from before our send does not count', (on) => {
    const stale = word({ startedAt: iso(SENT - 2 * MINUTE), updatedAt: iso(DONE) });
    expect(standing(on, [stale], PROVEN, { readAt: PROVEN, lastSeenAt: null }).state).toBe('accepted');
    const within = word({ startedAt: iso(SENT - 30 * SECOND) });
    expect(standing('windows', [within], DONE).state).toBe('acknowledged');
  });

  test('the MDM’s own order decides, whatever order its words came in', () => {
    const pending = word({ state: 'pending', updatedAt: iso(DONE - MINUTE) });
    for (const words of [
      [pending, word()],
      [word(), pending],
    ])
      expect(standing('windows', words, DONE).state).toBe('acknowledged');
    // Of one moment, what is final.
    const tie = word({ state: 'pending' });
    for (const words of [
      [tie, word()],
      [word(), tie],
    ])
      expect(standing('windows', words, DONE).state).toBe('acknowledged');
    // With and without milliseconds, which compare otherwise as texts.
    const failed = word({ state: 'failed', updatedAt: '2026-03-02T11:00:00.500Z' });
    const before = word({ updatedAt: '2026-03-02T11:00:00Z' });
    expect(standing('windows', [failed, before], DONE).state).toBe('failed');
  });

  test('an acceptance, even with the device gone quiet for a year, is no proof', () => {
    for (const on of PLATFORMS) expect(standing(on, [], T0 + 365 * DAY).state).toBe('accepted');
  });
});
