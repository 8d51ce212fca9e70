/** Reading and printing the exchanged lists, JSON or CSV. */
import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import type { ManifestLine } from '../../domain/disposition.ts';
import { ConnectorError } from '../errors.ts';
import { MANIFEST_COLUMNS } from './exchange.ts';
import type { VendorDocument } from './port.ts';

export type Format = 'json' | 'csv';

/** A list as it came: the bytes, and what the vendor says they are. */
export interface RawDocument {
  readonly body: Buffer;
  readonly contentType: string;
}

/** A line that cannot be read, told by its number (the first line of data is 1) and nothing else. */
class BadDocument extends Error {
  override readonly name = 'BadDocument';
  readonly token: string;

  constructor(token: string) {
    super(token);
    this.token = token;
  }
}

/**
 * Reads a list, line by line. The content type decides how, not our wish.
 *
 * @param pickupId Of which every line must be; `null` where a vendor may consolidate: each line says itself.
 * @throws ConnectorError `unexpected-answer`, `vendorCode` being `LINE_<n>` for a bad line
 */
export function readDocument<T extends { readonly pickupId: string }>(
  line: z.ZodType<T>,
  raw: RawDocument,
  pickupId: string | null,
  at: { readonly connector: string; readonly operation: string },
): VendorDocument<T> {
  try {
    const lines = rowsOf(raw).map((row, index) => {
      const parsed = line.safeParse(row);
      const isOther = pickupId !== null && parsed.data?.pickupId !== pickupId;
      if (!parsed.success || isOther) throw new BadDocument(`LINE_${index + 1}`);
      return parsed.data;
    });
    return { lines, document: raw.body, contentType: raw.contentType };
  } catch (error) {
    if (!(error instanceof BadDocument)) throw error;
    throw new ConnectorError('unexpected-answer', at.connector, at.operation, { vendorCode: error.token });
  }
}

/** Prints a manifest; CSV with every text quoted, so that no reader takes a separator or a number out of it. */
export function writeManifest(pickupId: string, lines: readonly ManifestLine[], format: Format): RawDocument {
  if (format === 'json') {
    return { body: Buffer.from(JSON.stringify({ pickupId, lines })), contentType: 'application/json' };
  }
  const text = stringify([...lines], {
    header: true,
    columns: [...MANIFEST_COLUMNS],
    quoted: true,
    // A cell that begins like a formula is calculated by whoever opens the file: it gets an apostrophe in front.
    escape_formulas: true,
    // The library would print true as 1 and false as nothing.
    cast: { boolean: String },
  });
  return { body: Buffer.from(text), contentType: 'text/csv; charset=utf-8' };
}

function rowsOf({ body, contentType }: RawDocument): readonly unknown[] {
  if (!isUtf8(body)) throw new BadDocument('NOT_UTF8');
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'text/csv') return csvRows(body.toString('utf8'));
  if (type === 'application/json' || type.endsWith('+json')) return jsonRows(body.toString('utf8'));
  throw new BadDocument('CONTENT_TYPE');
}

const Lines = z.union([
  z.array(z.unknown()),
  z.object({ lines: z.array(z.unknown()) }).transform(({ lines }) => lines),
]);

function jsonRows(text: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadDocument('NOT_JSON');
  }
  const lines = Lines.safeParse(value);
  if (!lines.success) throw new BadDocument('NO_LINES');
  return lines.data;
}

function csvRows(text: string): readonly unknown[] {
  const header = /^\uFEFF?([^\r\n]*)/u.exec(text)?.[1] ?? '';
  // Names hold none of these, so the header shows which one this vendor's spreadsheet uses.
  const delimiter = [';', '\t'].find((mark) => header.includes(mark)) ?? ',';
  try {
    const rows: Record<string, string>[] = parse(text, {
      bom: true,
      columns: distinct,
      delimiter,
      skip_empty_lines: true,
      trim: true,
    });
    return rows.map(nested);
  } catch (error) {
    if (error instanceof CsvError) throw new BadDocument('NOT_CSV');
    throw error;
  }
}

function distinct(names: readonly string[]): string[] {
  // Of two columns with one name the parser would keep the last, whatever the first said.
  if (new Set(names).size !== names.length || names.includes('')) throw new BadDocument('HEADER');
  return [...names];
}

const ROLES = ['sanitizedBy', 'verifiedBy'] as const;

/** Puts a person's columns (`sanitizedByName`) back together; a person with nothing but empty cells is nobody. */
function nested(row: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const flat = Object.entries(row).filter(([name]) => roleOf(name) === undefined);
  const people = ROLES.flatMap((role) => {
    const cells = Object.entries(row)
      .filter(([name]) => roleOf(name) === role)
      .map(([name, value]) => [lowerFirst(name.slice(role.length)), value] as const);
    if (cells.length === 0) return [];
    const nobody = role === 'verifiedBy' && cells.every(([, value]) => value === '');
    return [[role, nobody ? null : Object.fromEntries(cells)] as const];
  });
  return Object.fromEntries([...flat, ...people]);
}

function roleOf(name: string): (typeof ROLES)[number] | undefined {
  return ROLES.find((role) => name.startsWith(role) && name.length > role.length);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
