/** Readers of option values; commander shows what they throw. */
import { InvalidArgumentError } from 'commander';

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/u.test(text)) throw new InvalidArgumentError('a whole number is expected.');
  return Number(text);
}

/** A moment with its zone; a time without one could mean another on the server. */
export function isoTime(text: string): string {
  const isWhole = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/u.test(text);
  if (isWhole && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw new InvalidArgumentError('a time with its zone is expected, such as 2026-12-31T17:00+01:00.');
}

/** A day, from its beginning here, or a moment with its zone. */
export function dayOrTime(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(text)) return isoTime(text);
  const day = new Date(`${text}T00:00`);
  if (Number.isNaN(day.getTime())) throw new InvalidArgumentError('a day is expected, such as 2026-06-01.');
  return day.toISOString();
}

/** Somebody by id, or nobody in so many words: what is left out could mean either. */
export function personOrNone(text: string): string {
  if (text === 'none' || /^per_[0-9a-z]{26}$/u.test(text)) return text;
  throw new InvalidArgumentError('the id of a person (per_…) or none is expected.');
}
