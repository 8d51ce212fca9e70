import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allowedIn, countedSince, hasPlace, isTripped } from '../../../src/domain/wipe-limit.ts';
import { DAY, HOUR, iso, MINUTE, T0 } from './support/history.ts';

const LIMIT = { count: 10, windowMs: 20 * MINUTE, perDay: 50, fleetShare: 0.1 };

describe('the wipe limit', () => {
  test('takes the lesser of the count and the share of the fleet, and always one', () => {
    expect(allowedIn(1_000, LIMIT)).toBe(10);
    expect(allowedIn(100, LIMIT)).toBe(10);
    expect(allowedIn(99, LIMIT)).toBe(9);
    expect(allowedIn(20, LIMIT)).toBe(2);
    expect(allowedIn(19, LIMIT)).toBe(1);
    expect(allowedIn(9, LIMIT)).toBe(1);
    expect(allowedIn(0, LIMIT)).toBe(1);
  });

  test.each([
    [0, 0, true],
    [9, 9, true],
    [10, 10, false],
    [11, 11, false],
    [0, 49, true],
    [0, 50, false],
    [9, 50, false],
    [10, 49, false],
  ])('with %i in the window and %i in the day has a place: %s', (recent, today, left) => {
    expect(hasPlace({ recent, today, fleet: 1_000 }, LIMIT)).toBe(left);
  });

  test('of nothing has no place for anything', () => {
    expect(hasPlace({ recent: 0, today: 0, fleet: 1_000 }, { ...LIMIT, count: 0 })).toBe(false);
    expect(hasPlace({ recent: 0, today: 0, fleet: 1_000 }, { ...LIMIT, perDay: 0 })).toBe(false);
  });

  test('lets through exactly the least of its three, one after the other', () => {
    fc.assert(
      fc.property(
        fc.nat(30),
        fc.nat(30),
        fc.nat(400),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (count, perDay, fleet, fleetShare) => {
          const limit = { ...LIMIT, count, perDay, fleetShare };
          let sent = 0;
          while (hasPlace({ recent: sent, today: sent, fleet }, limit)) sent += 1;
          const share = Math.floor(fleet * fleetShare);
          expect(sent).toBe(Math.min(count, perDay, share === 0 ? 1 : share));
        },
      ),
    );
  });
});

describe('a limit that was reached', () => {
  const later = iso(T0 + 1);
  test.each([
    ['never was', null, null, false],
    ['never was, though it was released once', null, iso(T0), false],
    ['was and nobody released it', iso(T0), null, true],
    ['was released afterwards', iso(T0), later, false],
    ['was released in that very moment', iso(T0), iso(T0), false],
    ['was reached again after its release', later, iso(T0), true],
  ])('%s', (_what, trippedAt, releasedAt, tripped) => {
    expect(isTripped({ trippedAt, releasedAt })).toBe(tripped);
  });

  test('compares times, not texts', () => {
    // As texts the second would be the earlier one.
    expect(isTripped({ trippedAt: '2026-03-02T11:00:00Z', releasedAt: '2026-03-02T11:00:00.500Z' })).toBe(
      false,
    );
  });
});

describe('what counts', () => {
  test('is the window and the day before now', () => {
    expect(countedSince({ windowMs: HOUR, releasedAt: null }, T0)).toEqual({
      recent: T0 - HOUR,
      today: T0 - DAY,
    });
  });

  test('begins anew with a release within them, and not with an older one', () => {
    const since = (ago: number) => countedSince({ windowMs: HOUR, releasedAt: iso(T0 - ago) }, T0);
    expect(since(MINUTE)).toEqual({ recent: T0 - MINUTE, today: T0 - MINUTE });
    expect(since(2 * HOUR)).toEqual({ recent: T0 - HOUR, today: T0 - 2 * HOUR });
    expect(since(3 * DAY)).toEqual({ recent: T0 - HOUR, today: T0 - DAY });
  });
});
