/** One row under a mapping: values by our field names, problems kept beside them. */
import type { VendorList } from '../../domain/vendor-lines.ts';
import type { Cell, Row } from '../file/row.ts';
import { FIELDS, isShowable } from './fields.ts';
import type { Field } from './fields.ts';
import { BadValue } from './problems.ts';
import type { LineProblem, LineProblemCode } from './problems.ts';
import type { FieldMapping } from './schema.ts';
import { dateReader, serialOf, textOf } from './values.ts';

/** What a line says, field by field. */
export interface Values {
  /** Empty where nothing is said, or what is said is a problem. */
  get(field: string): string;
  /** @returns What the code means; `null`, with a problem, where the mapping does not say. */
  code<T>(field: string, meanings: Readonly<Record<string, T>>, own: readonly T[]): T | null;
  refuse(field: string, code: LineProblemCode): void;
}

export interface CellReader {
  /** Columns that the mapping names and the file does not have. */
  readonly missing: readonly LineProblem[];
  read(row: Row, problems: LineProblem[]): Values;
}

/**
 * @param columns The header; `null` where each line names its own fields.
 * @param isLenient Columns may be missing where a line is complete without them.
 */
export function cellReader(
  mapping: FieldMapping,
  columns: readonly string[] | null,
  isLenient: boolean,
): CellReader {
  const fields: Readonly<Record<string, Field>> = FIELDS[mapping.list];
  const places = placesOf(mapping, columns);
  const dates = {
    day: dateReader(mapping.dates, 'day'),
    instant: dateReader(mapping.dates, 'instant'),
  };
  const constants: Readonly<Record<string, string | undefined>> = mapping.constants;
  const missing = Object.entries(mapping.columns).flatMap(([field, column]): LineProblem[] => {
    const isOptional = isLenient && fields[field]?.isRequired !== true;
    if (columns === null || isOptional || column === undefined || places.has(field)) return [];
    return [{ line: 1, field, column, code: 'column-missing', value: null }];
  });

  function valueOf(field: string, type: Field['type'], cell: Cell): string {
    if (cell === '') return '';
    if (type === 'serial') return serialOf(cell);
    return type === 'day' || type === 'instant' ? dates[type](cell) : textOf(cell);
  }

  return {
    missing,
    read(row, problems) {
      const values = new Map<string, string>();
      const refuse = (field: string, code: LineProblemCode): void => {
        const column = places.get(field) ?? null;
        const cell = column === null ? undefined : row.cells[column];
        const isShown = isShowable(fields[field]?.type ?? 'text');
        problems.push({ line: row.line, field, column, code, value: isShown ? shown(cell) : null });
      };
      for (const [field, { type, isRequired }] of Object.entries(fields)) {
        const column = places.get(field);
        const cell: Cell = (column === undefined ? undefined : row.cells[column]) ?? '';
        try {
          const value = valueOf(field, type, cell === '' ? (constants[field] ?? '') : cell);
          if (value === '' && isRequired === true) refuse(field, 'value-missing');
          values.set(field, value);
        } catch (error) {
          if (!(error instanceof BadValue)) throw error;
          refuse(field, error.code);
        }
      }
      return {
        get: (field) => values.get(field) ?? '',
        code(field, meanings, own) {
          const said = values.get(field) ?? '';
          if (said === '') return null;
          const meaning = codeIn(meanings, said) ?? own.find((one) => one === said.toLowerCase());
          if (meaning === undefined) refuse(field, 'code-unknown');
          return meaning ?? null;
        },
        refuse,
      };
    },
  };
}

/** Their column of each of our fields; headers are compared without case and spaces around them. */
function placesOf(mapping: FieldMapping, columns: readonly string[] | null): ReadonlyMap<string, string> {
  const given = Object.entries(mapping.columns);
  if (columns === null) return new Map(given.filter((one): one is [string, string] => one[1] !== undefined));
  const known = new Map(columns.map((column) => [key(column), column]));
  return new Map(
    given.flatMap(([field, column]) => {
      const found = known.get(key(column ?? ''));
      return found === undefined ? [] : [[field, found] as const];
    }),
  );
}

const CODES = new WeakMap<object, ReadonlyMap<string, unknown>>();

/** What a code means, whatever its case. */
export function codeIn<T>(meanings: Readonly<Record<string, T>>, code: string): T | undefined {
  let known = CODES.get(meanings);
  if (known === undefined) {
    known = new Map(Object.entries(meanings).map(([name, one]) => [key(name), one]));
    CODES.set(meanings, known);
  }
  return known.get(key(code)) as T | undefined;
}

function key(text: string): string {
  return text.trim().toLowerCase();
}

function shown(cell: Cell | undefined): string | null {
  if (cell === undefined || cell === '') return null;
  if (typeof cell !== 'string') return cell.kind === 'number' ? cell.text.slice(0, 40) : null;
  return cell.replace(/\p{Cc}/gu, '�').slice(0, 40);
}

/** Fields of a list that a mapping may name. */
export function fieldsOf(list: VendorList): readonly string[] {
  return Object.keys(FIELDS[list]);
}
