/**
 * A file, line by line, as the units it speaks of. Streams: what is remembered of a line is where it stood and the digest of
 * what it said. Only certificates that list drives a line each are held until the end, since their drives may stand anywhere.
 */
import { hash } from 'node:crypto';
import type { CertifiedUnit, UnitOf, VendorList } from '../domain/vendor-lines.ts';
import { leastLevel, worstOutcome } from '../domain/vendor-lines.ts';
import type { ImportLimits } from './file/limits.ts';
import { readRows } from './file/rows.ts';
import type { TableFile } from './file/rows.ts';
import type { Row } from './file/row.ts';
import { cellReader } from './mapping/cells.ts';
import type { CellReader } from './mapping/cells.ts';
import type { LineProblem } from './mapping/problems.ts';
import type { FieldMapping } from './mapping/schema.ts';
import { unitOf } from './mapping/units.ts';

export type AnyUnit = UnitOf[VendorList];

/** What a line came to. */
export type CheckedLine =
  | { readonly kind: 'unit'; readonly line: number; readonly unit: AnyUnit; readonly digest: string }
  /** Says exactly what another line of this file said. */
  | { readonly kind: 'duplicate'; readonly line: number; readonly ofLine: number; readonly serial: string }
  | { readonly kind: 'bad'; readonly line: number; readonly problems: readonly LineProblem[] };

export function checkTable(
  file: TableFile,
  mapping: FieldMapping,
  isPublished: boolean,
  limits: ImportLimits,
): AsyncGenerator<CheckedLine> {
  return checkRows(readRows(file, limits), mapping, isPublished);
}

/**
 * Stops after the header where columns of the mapping are missing: each line would be bad.
 *
 * @param isPublished By our own names: a column that is not there is empty.
 */
export async function* checkRows(
  rows: AsyncIterable<Row>,
  mapping: FieldMapping,
  isPublished: boolean,
): AsyncGenerator<CheckedLine> {
  let reader: CellReader | null = null;
  const seen = new Seen();
  const hasDrives = 'driveSerial' in mapping.columns;
  const grouped = new Map<string, { readonly line: number; readonly unit: CertifiedUnit }>();
  for await (const row of rows) {
    reader ??= cellReader(mapping, row.columns, isPublished);
    if (reader.missing.length > 0) {
      yield { kind: 'bad', line: 1, problems: reader.missing };
      return;
    }
    const checked = checkRow(mapping, reader, row);
    if (checked.kind === 'unit' && 'drives' in checked.unit && hasDrives) {
      const found = group(grouped, checked.line, checked.unit);
      if (found !== null) yield found;
    } else yield checked.kind === 'unit' ? seen.place(checked) : checked;
  }
  for (const { line, unit } of grouped.values()) yield seen.place(whole(line, unit));
}

function checkRow(mapping: FieldMapping, reader: CellReader, row: Row): CheckedLine {
  const problems: LineProblem[] = [];
  const values = reader.read(row, problems);
  const unit = unitOf(mapping, values);
  if (unit === null || problems.length > 0) return { kind: 'bad', line: row.line, problems };
  return whole(row.line, unit);
}

/** A line of a unit, with the digest of what it says. */
export function whole(line: number, unit: AnyUnit): CheckedLine & { readonly kind: 'unit' } {
  return {
    kind: 'unit',
    line,
    unit,
    digest: hash('sha256', JSON.stringify(unit), 'hex'),
  };
}

/** Puts a line's drive to its chassis. @returns What is to be said of it at once. */
function group(
  grouped: Map<string, { readonly line: number; readonly unit: CertifiedUnit }>,
  line: number,
  unit: CertifiedUnit,
): CheckedLine | null {
  const key = keyOf(unit);
  const before = grouped.get(key);
  if (before === undefined) {
    grouped.set(key, { line, unit });
    return null;
  }
  const [drive] = unit.drives ?? [];
  const known = before.unit.drives ?? [];
  const same = known.find(({ serial }) => serial === drive?.serial);
  if (drive === undefined || (same !== undefined && JSON.stringify(same) === JSON.stringify(drive)))
    return { kind: 'duplicate', line, ofLine: before.line, serial: unit.serial };
  if (same !== undefined) return contradiction(line, before.line, 'driveSerial', drive.serial);
  const drives = [...known, drive];
  const merged = {
    ...before.unit,
    drives,
    outcome: worstOutcome(drives) ?? before.unit.outcome,
    level: leastLevel(drives) ?? before.unit.level,
  };
  grouped.set(key, { line: before.line, unit: merged });
  return null;
}

/** What was said of each unit so far, and where. */
export class Seen {
  readonly #lines = new Map<string, { readonly line: number; readonly digest: string }>();

  place(checked: CheckedLine & { readonly kind: 'unit' }): CheckedLine {
    const key = keyOf(checked.unit);
    const { line, unit, digest } = checked;
    const before = this.#lines.get(key);
    if (before === undefined) {
      this.#lines.set(key, { line, digest });
      return checked;
    }
    return before.digest === digest
      ? { kind: 'duplicate', line, ofLine: before.line, serial: unit.serial }
      : contradiction(line, before.line, 'serial', unit.serial);
  }
}

/** A unit may have several certificates, and one receipt in a file. */
function keyOf(unit: AnyUnit): string {
  return 'certificateId' in unit ? `${unit.certificateId}\n${unit.serial}` : unit.serial;
}

function contradiction(line: number, ofLine: number, field: string, value: string): CheckedLine {
  const problem: LineProblem = { line, field, column: null, code: 'contradicts', value, ofLine };
  return { kind: 'bad', line, problems: [problem] };
}
