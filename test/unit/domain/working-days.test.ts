import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isQuiet, isWorkingDay, nextSendingTime, nextWorkingTime } from '../../../src/domain/working-days.ts';
import type { DaysOff, QuietHours } from '../../../src/domain/working-days.ts';

const DAY = 86_400_000;
const WEEKEND: DaysOff = { weekend: [6, 7], holidays: ['2026-12-25', '2026-12-26'] };
const NIGHT: QuietHours = { from: 18 * 60, to: 8 * 60 };

function moved(at: string, timeZone: string, daysOff: DaysOff = WEEKEND): string {
  return new Date(nextWorkingTime(Date.parse(at), daysOff, timeZone)).toISOString();
}

const zone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Asia/Beirut',
  'Pacific/Apia',
  'Pacific/Chatham',
);
const moment = fc.integer({ min: Date.UTC(2010, 0), max: Date.UTC(2035, 0) });
const daysOff = fc.record({
  weekend: fc.uniqueArray(fc.constantFrom<(1 | 2 | 3 | 4 | 5 | 6 | 7)[]>(1, 2, 3, 4, 5, 6, 7), {
    maxLength: 6,
  }),
  holidays: fc.uniqueArray(
    fc
      .integer({ min: 0, max: 9_000 })
      .map((days) => new Date(Date.UTC(2010, 0) + days * DAY).toISOString().slice(0, 10)),
    { maxLength: 30 },
  ),
});
const quiet = fc.record({
  from: fc.integer({ min: 0, max: 1_439 }),
  to: fc.integer({ min: 0, max: 1_439 }),
});

/** The clock on the wall, by the runtime's own formatter. */
function wall(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(at);
}

describe('working days', () => {
  test('leave a working day alone, and move a day off to the same time of the next working day', () => {
    expect(moved('2026-11-20T15:30:00.000Z', 'Europe/Berlin')).toBe('2026-11-20T15:30:00.000Z');
    expect(moved('2026-11-21T15:30:00.000Z', 'Europe/Berlin')).toBe('2026-11-23T15:30:00.000Z');
    expect(moved('2026-12-25T09:00:00.000Z', 'Europe/Berlin')).toBe('2026-12-28T09:00:00.000Z');
  });

  test('are those of the clock where the person lives', () => {
    // Friday evening in New York is Saturday in Berlin.
    expect(moved('2026-11-21T02:00:00.000Z', 'America/New_York')).toBe('2026-11-21T02:00:00.000Z');
    expect(moved('2026-11-21T02:00:00.000Z', 'Europe/Berlin')).toBe('2026-11-23T02:00:00.000Z');
  });

  test('keep the time of day over a change of the clocks', () => {
    const toSummer = { weekend: [6, 7], holidays: ['2027-03-26'] } as const;
    expect(moved('2027-03-26T09:00:00.000Z', 'Europe/Berlin', toSummer)).toBe('2027-03-29T08:00:00.000Z');
  });

  test('without a calendar every day is one, and a zone that is none counts as UTC', () => {
    const at = Date.parse('2026-11-21T15:30:00.000Z');
    expect(nextWorkingTime(at, undefined, 'Europe/Berlin')).toBe(at);
    expect(nextWorkingTime(at, WEEKEND, 'Somewhere/Else')).toBe(at + 2 * DAY);
  });

  test('a calendar without any working day moves nothing', () => {
    const at = Date.parse('2026-11-21T15:30:00.000Z');
    expect(nextWorkingTime(at, { weekend: [1, 2, 3, 4, 5, 6, 7], holidays: [] }, 'UTC')).toBe(at);
  });

  test('end on a working day, no earlier, and no working day is passed over', () => {
    fc.assert(
      fc.property(moment, daysOff, zone, (at, off, timeZone) => {
        const to = nextWorkingTime(at, off, timeZone);
        expect(to).toBeGreaterThanOrEqual(at);
        expect(isWorkingDay(to, off, timeZone)).toBe(true);
        expect(isWorkingDay(at, off, timeZone)).toBe(to === at);
        // Every date between is a day off.
        for (
          let between = at;
          wall(between, timeZone).slice(0, 10) < wall(to, timeZone).slice(0, 10);
          between += DAY
        )
          expect(isWorkingDay(between, off, timeZone)).toBe(false);
        expect(nextWorkingTime(to, off, timeZone)).toBe(to);
      }),
    );
  });

  test('keep the time on the wall, but for the hour that the clocks jump over', () => {
    fc.assert(
      fc.property(moment, daysOff, fc.constantFrom('UTC', 'Asia/Kolkata'), (at, off, timeZone) => {
        const to = nextWorkingTime(at, off, timeZone);
        expect(wall(to, timeZone).slice(11)).toBe(wall(at, timeZone).slice(11));
      }),
    );
  });
});

describe('quiet hours', () => {
  test('move a message to the morning, over the weekend to Monday’s', () => {
    const send = (at: string) =>
      new Date(nextSendingTime(Date.parse(at), WEEKEND, NIGHT, 'Europe/Berlin')).toISOString();
    expect(send('2026-11-19T13:00:00.000Z')).toBe('2026-11-19T13:00:00.000Z');
    expect(send('2026-11-19T20:00:00.000Z')).toBe('2026-11-20T07:00:00.000Z');
    expect(send('2026-11-19T03:00:00.000Z')).toBe('2026-11-19T07:00:00.000Z');
    expect(send('2026-11-20T20:00:00.000Z')).toBe('2026-11-23T07:00:00.000Z');
    expect(send('2026-11-21T13:00:00.000Z')).toBe('2026-11-23T07:00:00.000Z');
  });

  test('whatever they are, a message goes on a working day, outside them, and no earlier', () => {
    fc.assert(
      fc.property(moment, daysOff, quiet, zone, (at, off, hours, timeZone) => {
        const to = nextSendingTime(at, off, hours, timeZone);
        expect(to).toBeGreaterThanOrEqual(at);
        expect(isWorkingDay(to, off, timeZone)).toBe(true);
        // The same hour twice means no quiet hours.
        expect(hours.from !== hours.to && isQuiet(to, hours, timeZone)).toBe(false);
        expect(nextSendingTime(to, off, hours, timeZone)).toBe(to);
      }),
    );
  });
});
