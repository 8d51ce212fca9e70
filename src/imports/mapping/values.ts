/** Single values out of cells. Each throws `BadValue` with what is wrong. */
import { DateTime } from 'luxon';
import { normaliseSerial } from '../../domain/serial.ts';
import type { Cell } from '../file/row.ts';
import { BadValue } from './problems.ts';

const LONGEST = 1_000;

/** Plain text. What a spreadsheet would calculate is refused, so that nobody opens it by and by. */
export function textOf(cell: Cell): string {
  if (typeof cell !== 'string') {
    if (cell.kind === 'formula') throw new BadValue('formula');
    if (/e/iu.test(cell.text) || !Number.isFinite(Number(cell.text)) || digits(cell.text) > 15)
      throw new BadValue('number-imprecise');
    return cell.text;
  }
  if (isFormula(cell)) throw new BadValue('formula');
  if (/\p{Cc}/u.test(cell) || !cell.isWellFormed()) throw new BadValue('control-characters');
  if (cell.length > LONGEST) throw new BadValue('too-long');
  return cell;
}

/** Spreadsheets keep fifteen digits. */
function digits(text: string): number {
  return text.replace(/\D/gu, '').length;
}

/** Telephone numbers and dashes are no formulas. */
function isFormula(text: string): boolean {
  return /^[=@]/u.test(text) || (/^[+-]/u.test(text) && !/^[+-][\d\s().,/-]*$/u.test(text));
}

/** `1.23E+11`, and `1,23E+11` where decimals have commas. A serial such as 12E45 is none. */
const SCIENTIFIC = /^\d(?:[.,]\d+)?E[+-]\d+$|^\d[.,]\d+E\d+$/iu;

/** @returns In normalised form. */
export function serialOf(cell: Cell): string {
  if (typeof cell !== 'string') throw new BadValue(cell.kind === 'formula' ? 'formula' : 'serial-is-number');
  const text = textOf(cell);
  if (SCIENTIFIC.test(text)) throw new BadValue('serial-scientific');
  const serial = normaliseSerial(text);
  if (serial === null) throw new BadValue('serial-unusable');
  return serial;
}

export interface DateRules {
  /** `iso` or tokens of Luxon. */
  readonly format: string;
  /** IANA. */
  readonly timeZone?: string | undefined;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/u;
const OFFSET = /(?:Z|[+-]\d{2}:?\d{2})$/iu;
const AMBIGUOUS = /^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b/u;

/** A reader of dates that remembers: a list has few days and many lines. */
export function dateReader({ format, timeZone }: DateRules, type: 'day' | 'instant'): (cell: Cell) => string {
  const known = new Map<string, string>();
  const parser = format === 'iso' ? null : DateTime.buildFormatParser(format, { locale: 'en' });
  // A format without hours tells a day.
  const tellsTime = parser !== null && /[HhkKtTqa]/u.test(format.replace(/'[^']*'/gu, ''));
  const read = (text: string): string => {
    if (parser === null) return fromIso(text, timeZone, type);
    const zone = timeZone ?? 'utc';
    const time = DateTime.fromFormatParser(text, parser, { zone, locale: 'en', setZone: false });
    if (!time.isValid) throw new BadValue('date-unreadable');
    if (!tellsTime && type === 'day') return time.toFormat('yyyy-MM-dd');
    if (timeZone === undefined && !OFFSET.test(text)) throw new BadValue('date-no-zone');
    return time.toJSDate().toISOString();
  };
  return (cell) => {
    if (typeof cell !== 'string') {
      if (cell.kind === 'formula') throw new BadValue('formula');
      if (cell.date === null) throw new BadValue('date-is-number');
      // The sheet knows the day for certain, whatever it is shown as.
      const isDay = cell.date.endsWith('T00:00:00');
      return fromIso(isDay ? cell.date.slice(0, 10) : cell.date, timeZone, type);
    }
    const text = textOf(cell);
    const before = known.get(text);
    if (before !== undefined) return before;
    const date = read(text);
    if (known.size < 10_000) known.set(text, date);
    return date;
  };
}

function fromIso(text: string, timeZone: string | undefined, type: 'day' | 'instant'): string {
  const isDay = DAY.test(text);
  if (!isDay && !/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/u.test(text))
    throw new BadValue(AMBIGUOUS.test(text) ? 'date-ambiguous' : 'date-unreadable');
  const time = DateTime.fromISO(text.replace(' ', 'T'), { zone: timeZone ?? 'utc' });
  if (!time.isValid) throw new BadValue('date-unreadable');
  if (isDay && type === 'day') return text;
  if (timeZone === undefined && !OFFSET.test(isDay ? '' : text)) throw new BadValue('date-no-zone');
  return time.toJSDate().toISOString();
}
