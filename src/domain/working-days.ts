/**
 * Working days of a country, and the hours in which people are left alone. Pure arithmetic on the wall clock of a time zone:
 * the time zone data are the runtime's own.
 */

/** Days of the week as ISO 8601 numbers them: 1 is Monday, 7 Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** When nobody works in a country. */
export interface DaysOff {
  readonly weekend: readonly Weekday[];
  /** Calendar dates, `YYYY-MM-DD`. */
  readonly holidays: readonly string[];
}

/** By country (ISO 3166-1 alpha-2). In a country that is not listed every day is a working day. */
export type WorkingCalendar = Readonly<Record<string, DaysOff>>;

/** Hours without messages, minutes after local midnight; `from` later than `to` means over midnight. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

/** A moment as the clock on the wall shows it. */
interface Wall {
  /** The wall's time as if it were UTC, epoch milliseconds. */
  readonly asUtc: number;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** No calendar has more days off in a row: one that seems to is a mistake, and moves nothing. */
const MOST_DAYS_OFF = 366;

/**
 * The same moment when it falls on a working day, else the same time of day on the next one. Where the clocks jump over that
 * time of day, the first moment after the jump.
 *
 * @param at Epoch milliseconds.
 * @param timeZone IANA name; one that the runtime does not know counts as UTC.
 */
export function nextWorkingTime(at: number, daysOff: DaysOff | undefined, timeZone: string): number {
  if (daysOff === undefined) return at;
  const wall = wallAt(at, timeZone);
  for (let days = 0; days <= MOST_DAYS_OFF; days += 1) {
    const asUtc = wall.asUtc + days * DAY_MS;
    if (!isWorkingDate(asUtc, daysOff)) continue;
    if (days === 0) return at;
    const moved = atWall(asUtc, timeZone);
    // A day that the clocks skip as a whole leads to the one after it.
    if (isWorkingDate(wallAt(moved, timeZone).asUtc, daysOff)) return moved;
  }
  return at;
}

/** Whether the local date of a moment is a working day. */
export function isWorkingDay(at: number, daysOff: DaysOff | undefined, timeZone: string): boolean {
  return daysOff === undefined || isWorkingDate(wallAt(at, timeZone).asUtc, daysOff);
}

/** Whether the local time of a moment is within the quiet hours. */
export function isQuiet(at: number, { from, to }: QuietHours, timeZone: string): boolean {
  const minute = minuteOf(wallAt(at, timeZone));
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** When a message may go to a person: the first moment from `at` on that is on a working day and outside the quiet hours. */
export function nextSendingTime(
  at: number,
  daysOff: DaysOff | undefined,
  quiet: QuietHours | null,
  timeZone: string,
): number {
  const working = nextWorkingTime(at, daysOff, timeZone);
  if (quiet === null || quiet.from === quiet.to) return working;
  let time = working;
  // Whoever moves to another day need not wait for a time of day that is none of theirs: the morning will do.
  if (working !== at) time = atWall(startOfDay(wallAt(working, timeZone)) + quiet.to * MINUTE_MS, timeZone);
  for (let tries = 0; tries < MOST_DAYS_OFF; tries += 1) {
    if (isQuiet(time, quiet, timeZone)) time = endOfQuiet(time, quiet, timeZone);
    const moved = nextWorkingTime(time, daysOff, timeZone);
    if (moved === time) return time;
    time = moved;
  }
  return time;
}

/**
 * The first moment of a calendar date on the wall of a time zone, epoch milliseconds.
 *
 * @param date `YYYY-MM-DD`.
 * @param plusDays As many dates later.
 */
export function dayBegins(date: string, timeZone: string, plusDays = 0): number {
  return atWall(Date.parse(`${date}T00:00:00.000Z`) + plusDays * DAY_MS, timeZone);
}

/** Whether the runtime knows a time zone of that name. */
export function isTimeZone(name: string): boolean {
  return makeClock(name) !== null;
}

function endOfQuiet(at: number, { to }: QuietHours, timeZone: string): number {
  const wall = wallAt(at, timeZone);
  const today = startOfDay(wall) + to * MINUTE_MS;
  const end = atWall(minuteOf(wall) < to ? today : today + DAY_MS, timeZone);
  // Where the clocks go back over that very time, the second pass counts.
  return end > at ? end : at + MINUTE_MS;
}

function isWorkingDate(asUtc: number, { weekend, holidays }: DaysOff): boolean {
  const date = new Date(asUtc);
  const weekday = date.getUTCDay() === 0 ? 7 : date.getUTCDay();
  return !weekend.some((day) => day === weekday) && !holidays.includes(date.toISOString().slice(0, 10));
}

function startOfDay({ asUtc }: Wall): number {
  return Math.floor(asUtc / DAY_MS) * DAY_MS;
}

function minuteOf(wall: Wall): number {
  return Math.floor((wall.asUtc - startOfDay(wall)) / MINUTE_MS);
}

function wallAt(at: number, timeZone: string): Wall {
  return { asUtc: at + offsetAt(at, timeZone) };
}

/** The moment at which the wall shows that; the first of two; after a jump of the clocks when none shows it. */
function atWall(asUtc: number, timeZone: string): number {
  const offsets = [offsetAt(asUtc - DAY_MS, timeZone), offsetAt(asUtc + DAY_MS, timeZone)];
  const moments = offsets.map((offset) => asUtc - offset).toSorted((a, b) => a - b);
  const shown = moments.find((moment) => moment + offsetAt(moment, timeZone) === asUtc);
  return shown ?? Math.max(...moments);
}

const CLOCKS = new Map<string, Intl.DateTimeFormat>();

/** How far the wall is ahead of UTC, milliseconds. */
function offsetAt(at: number, timeZone: string): number {
  const seconds = Math.floor(at / 1000) * 1000;
  const parts = new Map(
    clockOf(timeZone)
      .formatToParts(seconds)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  const wall = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return wall - seconds;
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = CLOCKS.get(timeZone);
  if (known !== undefined) return known;
  const clock = makeClock(timeZone) ?? makeClock('UTC');
  if (clock === null) throw new Error('the runtime knows no time zones');
  CLOCKS.set(timeZone, clock);
  return clock;
}

/** @returns `null` for a name that is none: sources write what they like into that field. */
function makeClock(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return null;
  }
}
