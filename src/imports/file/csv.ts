/** CSV as rows. The delimiter is told by the header, the rest is RFC 4180. */
import { pipeline } from 'node:stream';
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { ImportLimits } from './limits.ts';
import { MOST_COLUMNS } from './limits.ts';
import { FileRefused } from './refused.ts';
import { isBlank } from './row.ts';
import type { Row } from './row.ts';

/** @throws FileRefused with the line. */
export async function* csvRows(text: AsyncIterable<string>, limits: ImportLimits): AsyncGenerator<Row> {
  const [head, source] = await headOf(text, limits.lineChars);
  const parser = parse({
    delimiter: delimiterOf(head),
    info: true,
    trim: true,
    max_record_size: limits.lineChars,
    // A line of a file that somebody typed may end early, but then nobody knows which column is which.
    relax_column_count: false,
  });
  let columns: readonly string[] | null = null;
  let line = 1;
  try {
    const records = pipeline(Readable.from(source), parser, () => undefined);
    for await (const item of records) {
      const { record, info } = item as { record: string[]; info: { lines: number } };
      const begun = line;
      line = info.lines + 1;
      if (columns === null) {
        columns = headerOf(record);
        continue;
      }
      const cells: Record<string, string> = Object.create(null);
      for (const [index, name] of columns.entries()) cells[name] = record[index] ?? '';
      if (!isBlank(cells)) yield { line: begun, columns, cells };
    }
  } catch (error) {
    throw refusalOf(error, line);
  }
}

/** Reads on until the first line is there. @returns It, and everything from the start. */
async function headOf(
  text: AsyncIterable<string>,
  mostChars: number,
): Promise<readonly [string, AsyncIterable<string>]> {
  const iterator = text[Symbol.asyncIterator]();
  let begun = '';
  while (!/[\r\n]/u.test(begun)) {
    const next = await iterator.next();
    if (next.done === true) break;
    begun += next.value;
    if (begun.length > mostChars && !/[\r\n]/u.test(begun)) throw new FileRefused('line-too-long', 1);
  }
  async function* all(): AsyncGenerator<string> {
    if (begun !== '') yield begun;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
  return [/^[^\r\n]*/u.exec(begun)?.[0] ?? '', all()];
}

/** Names of columns rarely hold any of these, so the header shows which one this spreadsheet uses. */
function delimiterOf(head: string): string {
  return [';', '\t'].find((mark) => head.includes(mark)) ?? ',';
}

/** Of two columns with one name nobody knows which is meant. */
export function headerOf(names: readonly string[]): readonly string[] {
  // Spreadsheets leave empty columns behind at the end.
  const last = names.findLastIndex((name) => name.trim() !== '');
  const header = names.slice(0, last + 1).map((name) => name.trim());
  if (header.length > MOST_COLUMNS) throw new FileRefused('too-many-columns', 1);
  if (header.length === 0 || header.includes('') || new Set(header).size !== header.length)
    throw new FileRefused('header', 1);
  return header;
}

function refusalOf(error: unknown, line: number): unknown {
  if (!(error instanceof CsvError)) return error;
  const at = 'lines' in error && typeof error.lines === 'number' ? error.lines : line;
  switch (error.code) {
    case 'CSV_MAX_RECORD_SIZE':
      return new FileRefused('line-too-long', at, { cause: error });
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH':
    case 'CSV_RECORD_INCONSISTENT_COLUMNS':
      return new FileRefused('columns-uneven', at, { cause: error });
    default:
      return new FileRefused('not-csv', at, { cause: error });
  }
}
