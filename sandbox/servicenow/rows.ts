/** Records as the Table API prints them. */
import { displayValue, hasColumn, refersTo, rowsOf } from './tables.ts';
import type { Row, Store, TableName } from './tables.ts';

/** What a request says about the form of its answer. */
export interface Form {
  /** `sysparm_fields`; null: all. Unknown ones are passed over. */
  readonly fields: readonly string[] | null;
  /** `sysparm_display_value`. */
  readonly display: 'true' | 'false' | 'all';
  /** `sysparm_exclude_reference_link`. */
  readonly withoutLinks: boolean;
  /** Base of the links. */
  readonly url: string;
}

export function printed(store: Store, table: TableName, row: Row, form: Form): object {
  const fields = form.fields ?? Object.keys(row);
  return Object.fromEntries(
    fields.flatMap((path): readonly (readonly [string, unknown])[] => {
      const at = walk(store, table, row, path);
      return at === null ? [] : [[path, cell(store, at, form)]];
    }),
  );
}

interface Place {
  readonly table: TableName;
  /** Null where the way there ends at an empty reference. */
  readonly row: Row | null;
  readonly column: string;
}

/** Follows a dot-walked path; null when it names no column. */
function walk(store: Store, table: TableName, row: Row | null, path: string): Place | null {
  const [column = '', ...rest] = path.split('.');
  if (!hasColumn(table, column)) return null;
  if (rest.length === 0) return { table, row, column };
  const target = refersTo(table, column);
  if (target === null) return null;
  const next = row === null ? null : (rowsOf(store, target).get(row[column] ?? '') ?? null);
  return walk(store, target, next, rest.join('.'));
}

function cell(store: Store, { table, row, column }: Place, form: Form): unknown {
  const hidden = store.acl.hidden.includes(`${table}.${column}`);
  const value = row === null || hidden ? '' : (row[column] ?? '');
  const display = row === null || hidden ? '' : displayValue(store, table, row, column);
  const target = refersTo(table, column);
  const link = target !== null && !form.withoutLinks && value !== '';
  const href = link ? { link: `${form.url}/api/now/table/${target}/${value}` } : {};
  if (form.display === 'all') return { display_value: display, value, ...href };
  if (form.display === 'true') return link ? { display_value: display, ...href } : display;
  return link ? { ...href, value } : value;
}
