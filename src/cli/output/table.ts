/** Tables and lists of keys for people. */
import Table from 'cli-table3';
import type { Paint } from './paint.ts';

/** No lines: they are noise to screen readers and to whoever pipes the output on. */
const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** A table with a head; what texts mean for the terminal is taken out of them first. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], paint: Paint): string {
  const shown = new Table({
    chars: PLAIN,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    head: head.map((name) => paint('strong', name)),
  });
  shown.push(...rows.map((row) => [...row]));
  return `${shown
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

/** Keys with their values, one a line. */
export function pairs(entries: readonly (readonly [string, string])[], paint: Paint): string {
  const width = Math.max(...entries.map(([key]) => key.length));
  return entries.map(([key, value]) => `${paint('quiet', key.padEnd(width))}  ${value}\n`).join('');
}

/** At most so many characters, with a mark where some were left out. */
export function shortened(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1).trimEnd()}…`;
}

/** A text that somebody else wrote, without what would steer a terminal. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, ' ');
}
