/** A file that is not read at all, or not to its end. */

/** Why, as a stable code; what it means stands in `docs/imports.md`. */
export const FILE_REFUSALS = {
  'too-large': 'the file is larger than is taken',
  'too-many-lines': 'the file has more lines than are taken',
  'line-too-long': 'a line is longer than is taken',
  'too-many-columns': 'there are more columns than are taken',
  'format-unknown': 'the content type tells no format that is read: CSV, JSON, JSON lines, XLSX, XML',
  'encoding-unknown': 'the encoding is none that is read: UTF-8, UTF-16 with a byte order mark, windows-1252',
  undecodable: 'there are bytes that are no text in the encoding of the file',
  binary: 'there are characters that no text has: it is no text file, or in another encoding',
  empty: 'there is no line of data',
  header: 'the header names a column twice, or not at all',
  'not-csv': 'it cannot be read as CSV',
  'columns-uneven': 'a line has more or fewer columns than the header',
  'not-json': 'it cannot be read as JSON',
  'not-a-list': 'the JSON is no list of lines, and has no list `lines`',
  'not-xlsx': 'it cannot be read as an XLSX workbook',
  'zip-bomb': 'the workbook unpacks to more than is taken',
  'sheet-unknown': 'the workbook has no sheet of the name in the mapping',
  'not-xml': 'it cannot be read as XML',
  doctype: 'the XML declares a document type; entities are never expanded',
  'not-a-report': 'the XML is no erasure report',
} as const satisfies Readonly<Record<string, string>>;
export type FileRefusal = keyof typeof FILE_REFUSALS;

/** Thrown by readers. Its text says where and why, and nothing of what the file holds. */
export class FileRefused extends Error {
  override readonly name = 'FileRefused';
  readonly code: FileRefusal;
  /** Line of the file, row of the sheet; `null` where it is no matter of one. */
  readonly line: number | null;

  constructor(code: FileRefusal, line: number | null = null, options?: ErrorOptions) {
    super(line === null ? FILE_REFUSALS[code] : `line ${line}: ${FILE_REFUSALS[code]}`, options);
    this.code = code;
    this.line = line;
  }
}
