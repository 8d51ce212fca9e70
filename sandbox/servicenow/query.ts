/** Encoded queries (`sysparm_query`): the part that looking things up needs. An invalid term is passed over, as the vendor does it. */
import { hasColumn } from './tables.ts';
import type { Row, TableName } from './tables.ts';

type Predicate = (row: Row) => boolean;

export interface Query {
  readonly matches: Predicate;
  /** Columns in the order of the wish. */
  readonly order: readonly { readonly column: string; readonly down: boolean }[];
  /** Whether a term could not be read. */
  readonly invalid: boolean;
}

const OPERATORS: readonly (readonly [string, (left: string, right: string) => boolean])[] = [
  ['ISEMPTY', (left) => left === ''],
  ['ISNOTEMPTY', (left) => left !== ''],
  ['STARTSWITH', (left, right) => left.startsWith(right)],
  ['ENDSWITH', (left, right) => left.endsWith(right)],
  ['LIKE', (left, right) => left.toLowerCase().includes(right.toLowerCase())],
  ['IN', (left, right) => right.split(',').includes(left)],
  ['!=', (left, right) => left !== right],
  ['>=', (left, right) => left >= right],
  ['<=', (left, right) => left <= right],
  ['>', (left, right) => left > right],
  ['<', (left, right) => left < right],
  ['=', (left, right) => left === right],
];

export function readQuery(table: TableName, text: string): Query {
  const groups: Predicate[][] = [];
  const order: { column: string; down: boolean }[] = [];
  let invalid = false;
  for (const part of text.split('^')) {
    if (part === '') continue;
    const sorted = /^ORDERBY(DESC)?(\w+)$/u.exec(part);
    if (sorted?.[2] !== undefined) {
      if (hasColumn(table, sorted[2])) order.push({ column: sorted[2], down: sorted[1] !== undefined });
      continue;
    }
    const isOr = part.startsWith('OR');
    const term = readTerm(table, isOr ? part.slice(2) : part);
    if (term === null) invalid = true;
    else if (isOr && groups.length > 0) groups.at(-1)?.push(term);
    else groups.push([term]);
  }
  return { matches: (row) => groups.every((any) => any.some((one) => one(row))), order, invalid };
}

function readTerm(table: TableName, text: string): Predicate | null {
  const column = /^[a-z_]+/u.exec(text)?.[0] ?? '';
  const rest = text.slice(column.length);
  const found = OPERATORS.find(([sign]) => rest.startsWith(sign));
  if (found === undefined || !hasColumn(table, column)) return null;
  const [sign, compare] = found;
  const value = rest.slice(sign.length);
  return (row) => compare(row[column] ?? '', value);
}
