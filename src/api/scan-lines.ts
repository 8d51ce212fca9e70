/** Scans as a file has them: serial, model, asset tag; with or without a line of headers. */
import { CsvError, parse } from 'csv-parse/sync';
import { Problem } from './problem.ts';

export interface ScanLine {
  readonly serial: string;
  readonly model?: string;
  readonly assetTag?: string;
}

const NAMES = ['serial', 'model', 'assetTag'] as const;

/** @throws Problem `invalid-request` with the first line that cannot be read. */
export function readScanLines(csv: string, most: number): readonly ScanLine[] {
  const rows = rowsOf(csv);
  const [head] = rows;
  const columns = head?.some((cell) => cell.toLowerCase() === 'serial') === true ? headerOf(head) : NAMES;
  const data = columns === NAMES ? rows : rows.slice(1);
  if (data.length === 0 || data.length > most) throw bad(`1 to ${most} lines of data`);
  return data.map((cells) => {
    const cell = (name: (typeof NAMES)[number]): string => cells[columns.indexOf(name)] ?? '';
    const [serial, model, assetTag] = NAMES.map(cell);
    return {
      serial: serial ?? '',
      ...(model ? { model } : {}),
      ...(assetTag ? { assetTag } : {}),
    };
  });
}

function rowsOf(csv: string): readonly string[][] {
  const first = /^\uFEFF?([^\r\n]*)/u.exec(csv)?.[1] ?? '';
  const delimiter = [';', '\t'].find((mark) => first.includes(mark)) ?? ',';
  try {
    return parse(csv, { bom: true, delimiter, skip_empty_lines: true, trim: true, relax_column_count: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as { readonly lines?: unknown };
    throw bad(typeof lines === 'number' ? `line ${lines} is no CSV` : 'no CSV');
  }
}

function headerOf(cells: readonly string[]): readonly string[] {
  const known = cells.map((cell) => NAMES.find((name) => name.toLowerCase() === cell.toLowerCase()));
  const unknown = known.indexOf(undefined);
  if (unknown !== -1) throw bad(`column ${unknown + 1} is none of ${NAMES.join(', ')}`);
  return known.flatMap((name) => name ?? []);
}

function bad(message: string): Problem {
  return new Problem('invalid-request', [{ path: 'body.csv', message }]);
}
