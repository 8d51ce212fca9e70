/** The statements, made once from the settings: names are checked and quoted there, values are always parameters. */
import { dispositionWord, endsOwnership } from '../port.ts';
import type { AssetClosure } from '../port.ts';
import type { Dialect, Parameter } from './dialect.ts';
import type { SqlSettings } from './settings.ts';

/** A row as `select` prints it: every value a text. */
export type AssetRow = Readonly<Record<string, string | null>>;

export interface Statement {
  readonly text: string;
  readonly parameters: readonly Parameter[];
}

export interface Statements {
  /** One row by its key, or none. */
  byId(id: string): Statement;
  bySerial(bare: string): Statement;
  /** Rows that name the person by any of the keys given. */
  heldBy(keys: Keys): Statement;
  after(id: string | null, limit: number): Statement;
  /** Empties the holder and writes the outcome, if the row is still as it was read. */
  close(id: string, version: string, closure: AssetClosure, state: string): Statement;
  /** Writes one column that the settings name, if the row is still as it was read. */
  set(id: string, version: string, column: string, value: string): Statement;
  /** Gives back the licences of an asset; `null` where the database keeps none. */
  release(id: string, closure: AssetClosure): Statement | null;
  /** By table, a read of nothing, that needs the right to read it. */
  readonly reads: readonly (Statement & { readonly table: string })[];
  /** Columns that a closure writes. */
  readonly written: readonly string[];
}

/** The texts that a holder column may hold for one person; compared without case. */
export interface Keys {
  readonly employeeNumber: readonly string[];
  readonly workEmail: readonly string[];
  readonly externalId: readonly string[];
}

export const HOLDER_KEYS = ['employeeNumber', 'externalId', 'workEmail'] as const;

export function makeStatements(dialect: Dialect, settings: SqlSettings): Statements {
  const { columns, table, depreciation, licences } = settings;
  const { quoted, asText, parameter } = dialect;
  const id = quoted(columns.id);
  // Qualified: a bare name in ORDER BY would mean the printed text of the same name, and order numbers as words.
  const key = `asset.${id}`;
  const holders = Object.values(columns.holder).filter((column) => column !== undefined);
  const version = asText(columns.version === undefined ? dialect.ownVersion : quoted(columns.version));
  const inForce = columns.removed === undefined ? 'true' : `${quoted(columns.removed)} is null`;
  const select = `select ${selected().join(', ')} from ${quoted(table)} as asset where ${inForce}`;

  function selected(): readonly string[] {
    const { holder, ...plain } = columns;
    const named = Object.entries({ ...plain, ...holder }).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && entry[0] !== 'version' && entry[0] !== 'removed',
    );
    return [
      ...named.map(([name, column]) => `${asText(quoted(column))} as ${quoted(name)}`),
      `${version} as ${quoted('version')}`,
      ...(depreciation === undefined
        ? []
        : [`${asText(quoted(depreciation.column))} as ${quoted('depreciation')}`]),
      ...(licences === undefined
        ? []
        : [
            `${asText(
              `(select count(*) from ${quoted(licences.table)} as licence where licence.${quoted(licences.asset)} = ${key} and licence.${quoted(licences.released)} is null)`,
            )} as ${quoted('licences')}`,
          ]),
    ];
  }

  function close(wanted: string, read: string, closure: AssetClosure, state: string): Statement {
    const { state: outcome, at, reference } = closure;
    const ends = endsOwnership(outcome);
    const changes: [string, Parameter][] = [
      ...holders.map((column): [string, Parameter] => [column, null]),
      [columns.state, state],
    ];
    if (reference !== null) changes.push([columns.reference, reference]);
    if (columns.disposition !== undefined) changes.push([columns.disposition, dispositionWord(closure)]);
    if (ends && columns.closedOn !== undefined) changes.push([columns.closedOn, at.slice(0, 10)]);
    if (ends && depreciation !== undefined) {
      const { column, stopped } = depreciation;
      changes.push([column, stopped === '' ? null : stopped]);
    }
    const assignments = changes.map(([column], place) => `${quoted(column)} = ${parameter(place + 1)}`);
    const places = changes.length;
    return {
      text: `update ${quoted(table)} set ${assignments.join(', ')} where ${id} = ${parameter(places + 1)} and ${version} = ${parameter(places + 2)} and ${inForce}`,
      parameters: [...changes.map(([, value]) => value), wanted, read],
    };
  }

  return {
    byId: (wanted) => ({ text: `${select} and ${key} = ${parameter(1)}`, parameters: [wanted] }),
    bySerial: (bare) => ({
      text: `${select} and ${dialect.bareSerial(quoted(columns.serial))} = ${parameter(1)} order by ${key}`,
      parameters: [bare],
    }),
    heldBy(keys) {
      const asked = HOLDER_KEYS.flatMap((by) => {
        const column = columns.holder[by];
        return column === undefined || keys[by].length === 0 ? [] : [{ column, values: keys[by] }];
      });
      const terms = asked.map(({ column }, place) =>
        dialect.isAnyOf(`lower(${asText(quoted(column))})`, place + 1),
      );
      return {
        text: `${select} and (${terms.length === 0 ? 'false' : terms.join(' or ')}) order by ${key}`,
        parameters: asked.map(({ values }) => values.map((value) => value.toLowerCase())),
      };
    },
    after: (last, limit) => ({
      text: `${select}${last === null ? '' : ` and ${key} > ${parameter(1)}`} order by ${key} limit ${Math.trunc(limit)}`,
      parameters: last === null ? [] : [last],
    }),
    close,
    set: (wanted, read, column, value) => ({
      text: `update ${quoted(table)} set ${quoted(column)} = ${parameter(1)} where ${id} = ${parameter(2)} and ${version} = ${parameter(3)} and ${inForce}`,
      parameters: [value, wanted, read],
    }),
    release(wanted, { at }) {
      if (licences === undefined) return null;
      const released = quoted(licences.released);
      return {
        text: `update ${quoted(licences.table)} set ${released} = ${parameter(1)} where ${quoted(licences.asset)} = ${parameter(2)} and ${released} is null`,
        parameters: [at.slice(0, 10), wanted],
      };
    },
    reads: [
      { table, text: `select ${id} from ${quoted(table)} limit 0`, parameters: [] },
      ...(licences === undefined
        ? []
        : [
            {
              table: licences.table,
              text: `select ${quoted(licences.asset)}, ${quoted(licences.released)} from ${quoted(licences.table)} limit 0`,
              parameters: [],
            },
          ]),
    ],
    written: [
      ...holders,
      columns.state,
      columns.reference,
      ...[columns.disposition, columns.closedOn, depreciation?.column].filter(
        (column) => column !== undefined,
      ),
    ],
  };
}
