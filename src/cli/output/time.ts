/** Times for people: local, with the zone. */
import { DateTime } from 'luxon';

/** `2026-03-04 17:30 CET`; a dash for no time. */
export function localTime(iso: string | null | undefined): string {
  if (iso === null || iso === undefined) return '–';
  return DateTime.fromISO(iso).setLocale('en').toFormat('yyyy-LL-dd HH:mm ZZZZ');
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** `in 3 d`, `2 h ago`. */
export function relativeTime(iso: string, now: Date): string {
  const ms = Date.parse(iso) - now.getTime();
  const size = Math.abs(ms);
  const [unit, length] = UNITS.find(([, each]) => size >= each) ?? UNITS[3];
  const amount = `${Math.floor(size / length)} ${unit}`;
  return ms >= 0 ? `in ${amount}` : `${amount} ago`;
}

/** `5 d`, `20 min`: the largest unit that says it exactly. */
export function spanText(ms: number): string {
  if (ms === 0) return '0 s';
  const [unit, length] = UNITS.find(([, each]) => ms >= each && ms % each === 0) ?? (['ms', 1] as const);
  return `${ms / length} ${unit}`;
}

/** When something is due, and whether that has passed. */
export function dueTime(iso: string | null | undefined, now: Date): string {
  if (iso === null || iso === undefined) return '–';
  const late = Date.parse(iso) < now.getTime();
  return late
    ? `overdue since ${localTime(iso)} (${relativeTime(iso, now)})`
    : `${localTime(iso)} (${relativeTime(iso, now)})`;
}
