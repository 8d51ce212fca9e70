/** The XML of a sheet (ISO/IEC 29500-1 §18.3): rows of cells with their types. */
import type { ImportLimits } from '../file/limits.ts';
import { MOST_COLUMNS } from '../file/limits.ts';
import { FileRefused } from '../file/refused.ts';
import type { Cell } from '../file/row.ts';
import type { XmlHandler } from '../file/xml.ts';
import type { Workbook } from './workbook.ts';

export interface SheetRow {
  readonly line: number;
  readonly cells: readonly (Cell | undefined)[];
}

interface OpenCell {
  readonly column: number;
  readonly type: string;
  readonly isDate: boolean;
  isFormula: boolean;
  text: string;
}

/** Calls back for every row that is finished. */
export function sheetReader(
  workbook: Workbook,
  { lineChars }: ImportLimits,
  done: (row: SheetRow) => void,
): XmlHandler {
  let line = 0;
  let cells: (Cell | undefined)[] = [];
  let cell: OpenCell | null = null;
  let reads = false;
  return {
    open(name, attributes) {
      if (name === 'row') {
        line = Number(attributes['r'] ?? line + 1);
        cells = [];
      } else if (name === 'c') {
        const column = attributes['r'] === undefined ? cells.length : columnOf(attributes['r']);
        if (!(column < MOST_COLUMNS)) throw new FileRefused('too-many-columns', line);
        const isDate = workbook.dateStyles[Number(attributes['s'] ?? -1)] ?? false;
        cell = { column, type: attributes['t'] ?? 'n', isDate, isFormula: false, text: '' };
      } else if (name === 'f' && cell !== null) cell.isFormula = true;
      else if (name === 'v' || name === 't') reads = true;
      else if (name === 'rPh') reads = false;
    },
    text(piece) {
      if (!reads || cell === null) return;
      cell.text += piece;
      if (cell.text.length > lineChars) throw new FileRefused('line-too-long', line);
    },
    close(name) {
      if (name === 'v' || name === 't') reads = false;
      else if (name === 'c' && cell !== null) {
        cells[cell.column] = valueOf(cell, workbook, line);
        cell = null;
      } else if (name === 'row') done({ line, cells });
    },
  };
}

/** `AB12` is in column 27, counted from 0. */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of /^[A-Z]+/u.exec(reference)?.[0] ?? '')
    column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

function valueOf({ type, text, isDate, isFormula }: OpenCell, workbook: Workbook, line: number): Cell {
  if (isFormula) return { kind: 'formula' };
  switch (type) {
    case 's': {
      const shared = workbook.texts[Number(text)];
      if (shared === undefined) throw new FileRefused('not-xlsx', line);
      return shared.trim();
    }
    case 'inlineStr':
    case 'str':
    case 'd':
      return text.trim();
    case 'b':
      return text === '1' ? 'true' : 'false';
    case 'e':
      // What Excel could not calculate: `#REF!`.
      return { kind: 'formula' };
    default:
      return text === ''
        ? ''
        : { kind: 'number', text, date: isDate ? dateOf(Number(text), workbook.from1904) : null };
  }
}

const DAY_MS = 86_400_000;
/** Day 0 of both calendars; Excel takes 1900 for a leap year, so days before March 1900 are not told here. */
const EPOCH_1900 = Date.UTC(1899, 11, 30);
const EPOCH_1904 = Date.UTC(1904, 0, 1);
const FIRST_DAY = 61;
const LAST_DAY = 2_958_465;

/** Local time without an offset; `null` for what is no date. */
function dateOf(days: number, from1904: boolean): string | null {
  if (!(days >= FIRST_DAY && days <= LAST_DAY)) return null;
  const ms = Math.round((days * DAY_MS) / 1000) * 1000;
  return new Date((from1904 ? EPOCH_1904 : EPOCH_1900) + ms).toISOString().slice(0, 19);
}
