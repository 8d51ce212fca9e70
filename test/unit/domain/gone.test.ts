import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { presence } from '../../../src/domain/gone.ts';
import type { PresenceReading } from '../../../src/domain/gone.ts';
import { DAY, T0 } from './support/history.ts';

const okta = (state: PresenceReading['state']): PresenceReading => ({
  connector: 'okta',
  rule: 'hard',
  state,
  leaveAt: null,
});
const entra = (state: PresenceReading['state'], leaveAt: number | null = null): PresenceReading => ({
  connector: 'entra',
  rule: 'dated',
  state,
  leaveAt,
});

const past = T0 - DAY;
const ahead = T0 + DAY;

describe('gone means', () => {
  test.each<[string, readonly PresenceReading[], number | null, 'gone' | 'present']>([
    ['Okta deprovisioned', [okta('deactivated')], null, 'gone'],
    ['Okta account deleted', [okta('deleted')], null, 'gone'],
    ['Okta active', [okta('active')], null, 'present'],
    ['Okta suspended: leave of absence exists', [okta('suspended')], null, 'present'],
    ['Okta suspended, though HR says the last day has passed', [okta('suspended')], past, 'present'],
    ['Entra disabled with the leave date passed', [entra('deactivated', past)], null, 'gone'],
    ['Entra disabled on the very leave date', [entra('deactivated', T0)], null, 'gone'],
    ['Entra disabled with the leave date ahead', [entra('deactivated', ahead)], null, 'present'],
    ['Entra disabled without a leave date', [entra('deactivated')], null, 'present'],
    ['Entra disabled without a leave date, HR’s last day passed', [entra('deactivated')], past, 'gone'],
    ['Entra disabled without a leave date, HR’s last day ahead', [entra('deactivated')], ahead, 'present'],
    ['Entra deleted', [entra('deleted')], null, 'gone'],
    ['no account, HR’s last day passed', [], past, 'gone'],
    ['no account, HR’s last day ahead', [], ahead, 'present'],
    ['no account and no word of HR', [], null, 'present'],
    [
      'gone at one provider, active at the other',
      [okta('deactivated'), entra('active', past)],
      past,
      'present',
    ],
    [
      'gone at one provider, disabled without a date at the other',
      [okta('deactivated'), entra('deactivated')],
      null,
      'gone',
    ],
    ['an unreadable leave date', [entra('deactivated', Number.NaN)], Number.NaN, 'present'],
  ])('%s', (_what, readings, hrLeaveAt, expected) => {
    expect(presence(readings, hrLeaveAt, T0)).toBe(expected);
  });

  test('nobody with a usable account is ever gone', () => {
    const reading = fc.record({
      connector: fc.constantFrom('okta', 'entra'),
      rule: fc.constantFrom('hard' as const, 'dated' as const),
      state: fc.constantFrom(
        'active' as const,
        'suspended' as const,
        'deactivated' as const,
        'deleted' as const,
      ),
      leaveAt: fc.constantFrom(null, past, ahead),
    });
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 4 }), fc.constantFrom(null, past, ahead), (readings, hr) => {
        const usable = readings.some(({ state }) => state === 'active' || state === 'suspended');
        // Nor does anything but a date or a provider's own word make somebody gone.
        const said =
          hr === past ||
          readings.some(
            (one) =>
              one.state === 'deleted' ||
              (one.state === 'deactivated' && (one.rule === 'hard' || one.leaveAt === past)),
          );
        expect(presence(readings, hr, T0)).toBe(!usable && said ? 'gone' : 'present');
      }),
    );
  });
});
