/** The tables of one instance: rows of texts, as the vendor's database has them. */
import type { ServiceNowOptions } from './options.ts';

/** A record. Every value is a text; empty means nothing. */
export type Row = Record<string, string>;

export type TableName = keyof typeof COLUMNS;

/** A table's columns, beside those that every table has. `ref:` names the table that a reference points to. */
export const COLUMNS = {
  alm_hardware: {
    asset_tag: '',
    serial_number: '',
    model: 'ref:cmdb_model',
    model_category: 'ref:cmdb_model_category',
    assigned_to: 'ref:sys_user',
    ci: 'ref:cmdb_ci',
    install_status: 'choice',
    substatus: 'choice',
    acquisition_method: 'choice',
    retired: '',
    disposal_reason: '',
    depreciation: 'ref:cmdb_depreciation',
    comments: '',
    u_certificate: '',
    u_disposition: '',
  },
  sys_user: {
    user_name: '',
    email: '',
    employee_number: '',
    first_name: '',
    last_name: '',
    name: '',
    active: '',
  },
  cmdb_model: { name: '', display_name: '', manufacturer: 'ref:core_company' },
  core_company: { name: '' },
  cmdb_model_category: { name: '' },
  cmdb_ci: { name: '', serial_number: '' },
  cmdb_depreciation: { name: '' },
  alm_entitlement_asset: { allocated_to: 'ref:cmdb_ci', licensed_by: '', quantity: '' },
  sys_choice: {
    name: '',
    element: '',
    value: '',
    label: '',
    dependent_value: '',
    language: '',
    inactive: '',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

const OF_EVERY_TABLE = ['sys_id', 'sys_created_on', 'sys_updated_on', 'sys_updated_by', 'sys_mod_count'];

/** The column that stands for a record where something refers to it. */
const DISPLAY: Readonly<Partial<Record<TableName, string>>> = {
  sys_user: 'name',
  cmdb_model: 'display_name',
  core_company: 'name',
  cmdb_model_category: 'name',
  cmdb_ci: 'name',
  cmdb_depreciation: 'name',
};

/** What the integration user may not see or change: access control, as an administrator set it. */
export interface Acl {
  /** Columns that read as empty, as `table.column`. */
  hidden: readonly string[];
  /** Columns whose changes are dropped without a word, as `table.column`. */
  readOnly: readonly string[];
  /** Records that are left out of answers. */
  hiddenRows: readonly string[];
}

export interface Store {
  readonly tables: ReadonlyMap<string, Map<string, Row>>;
  /** Keys of the company document by sys_id. */
  readonly keys: Map<string, string>;
  acl: Acl;
}

/** An instance without assets or users. */
export function emptyStore(options: ServiceNowOptions, id: (...parts: string[]) => string): Store {
  const tables = new Map<string, Map<string, Row>>(Object.keys(COLUMNS).map((name) => [name, new Map()]));
  const store: Store = { tables, keys: new Map(), acl: { hidden: [], readOnly: [], hiddenRows: [] } };
  for (const { table, element, value, label, dependentValue } of options.choices) {
    insert(store, 'sys_choice', id('sys_choice', table, element, dependentValue, value), {
      name: table,
      element,
      value,
      label,
      dependent_value: dependentValue,
      language: 'en',
      inactive: 'false',
    });
  }
  return store;
}

export function isTable(name: string): name is TableName {
  return name in COLUMNS;
}

export function rowsOf(store: Store, table: TableName): Map<string, Row> {
  return store.tables.get(table) ?? new Map();
}

export function hasColumn(table: TableName, column: string): boolean {
  return column in COLUMNS[table] || OF_EVERY_TABLE.includes(column);
}

/** The table that a column refers to; null when it is no reference. */
export function refersTo(table: TableName, column: string): TableName | null {
  const kind: unknown = Reflect.get(COLUMNS[table], column);
  const target = typeof kind === 'string' && kind.startsWith('ref:') ? kind.slice(4) : '';
  return isTable(target) ? target : null;
}

export function insert(store: Store, table: TableName, sysId: string, values: Row, now = new Date(0)): Row {
  const blank = Object.fromEntries(Object.keys(COLUMNS[table]).map((column) => [column, '']));
  const at = stamp(now);
  const row: Row = {
    ...blank,
    ...values,
    sys_id: sysId,
    sys_created_on: at,
    sys_updated_on: at,
    sys_updated_by: 'system',
    sys_mod_count: '0',
  };
  rowsOf(store, table).set(sysId, row);
  return row;
}

/** Changes a record as anybody does: the count of its changes goes up. */
export function update(row: Row, values: Row, by: string, now: Date): void {
  Object.assign(row, values, {
    sys_updated_on: stamp(now),
    sys_updated_by: by,
    sys_mod_count: String(Number(row['sys_mod_count'] ?? '0') + 1),
  });
}

/** What people see of a value: a choice's label, a referred record's name, else the value. */
export function displayValue(store: Store, table: TableName, row: Row, column: string): string {
  const value = row[column] ?? '';
  const target = refersTo(table, column);
  if (target !== null) return rowsOf(store, target).get(value)?.[DISPLAY[target] ?? 'sys_id'] ?? value;
  if (Reflect.get(COLUMNS[table], column) !== 'choice') return value;
  const choices = [...rowsOf(store, 'sys_choice').values()].filter((one) => one['element'] === column);
  const state = column === 'substatus' ? (row['install_status'] ?? '') : '';
  const found = choices.find((one) => one['value'] === value && one['dependent_value'] === state);
  return found?.['label'] ?? value;
}

/** The vendor's form of a time: UTC, without saying so. */
export function stamp(now: Date): string {
  return now.toISOString().slice(0, 19).replace('T', ' ');
}
