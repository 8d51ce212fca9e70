/** A file on the disk as rows, by its format. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { xlsxRows } from '../xlsx/rows.ts';
import { csvRows } from './csv.ts';
import { decode } from './encoding.ts';
import type { DeclaredEncoding } from './encoding.ts';
import { jsonLineRows, jsonRows } from './json.ts';
import type { ImportLimits } from './limits.ts';
import { FileRefused } from './refused.ts';
import type { Row } from './row.ts';

export type TableFormat = 'csv' | 'json' | 'json-lines' | 'xlsx';
export type FileFormat = TableFormat | 'xml';

const FORMATS: Readonly<Record<string, FileFormat>> = {
  'text/csv': 'csv',
  'text/tab-separated-values': 'csv',
  'application/json': 'json',
  'application/jsonl': 'json-lines',
  'application/x-ndjson': 'json-lines',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/xml': 'xml',
  'text/xml': 'xml',
};

/** @throws FileRefused `format-unknown`, or `encoding-unknown` for a charset that is not read. */
export function formatOf(contentType: string): {
  readonly format: FileFormat;
  readonly encoding: DeclaredEncoding | null;
} {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  const format = FORMATS[type.trim()];
  if (format === undefined) throw new FileRefused('format-unknown');
  const charset = parameters
    .map((one) => /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/u.exec(one)?.[1])
    .find(Boolean);
  return { format, encoding: charset === undefined ? null : encodingOf(charset) };
}

function encodingOf(charset: string): DeclaredEncoding | null {
  if (charset === 'utf-8' || charset === 'utf8' || charset === 'us-ascii') return 'utf-8';
  if (charset === 'windows-1252' || charset === 'cp1252') return 'windows-1252';
  // Those carry a byte order mark, which is looked at anyway.
  if (charset.startsWith('utf-16')) return null;
  throw new FileRefused('encoding-unknown');
}

export interface TableFile {
  readonly path: string;
  readonly format: TableFormat;
  readonly encoding: DeclaredEncoding;
  /** Of a workbook; `null` takes the first. */
  readonly sheet: string | null;
}

/** Streams the rows. @throws FileRefused for what cannot be read, as soon as it is met; `empty` without a row. */
export async function* readRows(file: TableFile, limits: ImportLimits): AsyncGenerator<Row> {
  if ((await stat(file.path)).size > limits.fileBytes) throw new FileRefused('too-large');
  let count = 0;
  for await (const row of rowsOf(file, limits)) {
    count += 1;
    if (count > limits.lines) throw new FileRefused('too-many-lines', row.line);
    yield row;
  }
  if (count === 0) throw new FileRefused('empty');
}

function rowsOf({ path, format, encoding, sheet }: TableFile, limits: ImportLimits): AsyncIterable<Row> {
  const text = () => decode(createReadStream(path), encoding);
  switch (format) {
    case 'csv':
      return csvRows(text(), limits);
    case 'json':
      return jsonRows(text());
    case 'json-lines':
      return jsonLineRows(text(), limits);
    case 'xlsx':
      return xlsxRows(path, sheet, limits);
  }
}
