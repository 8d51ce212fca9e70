import { describe, expect, test } from 'vitest';
import type { BlockedBy } from '../../../src/domain/gates.ts';
import { isBlocked, isStuck } from '../../../src/domain/rules/case.ts';
import { DAY, iso, T0 } from './support/history.ts';

describe('blocked and stuck', () => {
  const block: BlockedBy = {
    kind: 'decision',
    gate: null,
    deviceId: null,
    code: 'odd',
    owner: 'operator',
    since: iso(T0),
    dueAt: iso(T0 + DAY),
    escalatesAt: null,
    parked: false,
  };

  test('blocked is when every way forward waits for a decision', () => {
    expect(isBlocked([block, block])).toBe(true);
    expect(isBlocked([block, { ...block, kind: 'action' }])).toBe(false);
    expect(isBlocked([{ ...block, kind: 'time' }])).toBe(false);
    expect(isBlocked([])).toBe(false);
  });

  test('stuck is when one thing that is not parked is past its deadline', () => {
    expect([isStuck([block], T0 + DAY - 1), isStuck([block], T0 + DAY)]).toEqual([false, true]);
    expect(isStuck([{ ...block, parked: true }], T0 + 9 * DAY)).toBe(false);
    expect(isStuck([{ ...block, dueAt: null }], T0 + 9 * DAY)).toBe(false);
    expect(isStuck([{ ...block, dueAt: null }, block], T0 + DAY)).toBe(true);
    expect(isStuck([], T0)).toBe(false);
  });
});
