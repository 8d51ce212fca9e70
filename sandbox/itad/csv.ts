import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { flat } from './lines.ts';
import type { DocumentLine } from './lines.ts';
import type { ItadOptions } from './options.ts';

/** Rows of a CSV text by header name. Throws when it is no CSV. The delimiter may be a comma, a semicolon or a tab. */
export function readCsv(text: string): Record<string, string>[] {
  return parse(text, {
    bom: true,
    columns: true,
    delimiter: [',', ';', '\t'],
    skip_empty_lines: true,
    trim: true,
  });
}

/** CSV with a header line, in the vendor's dialect. */
export function writeCsv(
  columns: readonly string[],
  lines: readonly DocumentLine[],
  dialect: ItadOptions['csv'],
): string {
  const text = stringify(lines.map(flat), {
    header: true,
    columns: [...columns],
    delimiter: dialect.delimiter,
  });
  return dialect.byteOrderMark ? `\uFEFF${text}` : text;
}
