/**
 * An asset database of the company's own, over SQL: a table, its columns and the words for its states come from the settings.
 * It needs SELECT on the table (and on that of the licences), and UPDATE on the columns that a closure writes, no more.
 */
import type { CallOptions } from '../../read-options.ts';
import { normaliseSerial } from '../../../domain/serial.ts';
import type { Inventory } from '../port.ts';
import { close } from './close.ts';
import { isNoKey } from './failure.ts';
import { dispositionPlace } from './late-word.ts';
import { leavingState } from './leave.ts';
import { answerOf, isClosed, keysOf, toAsset } from './map.ts';
import { createPostgresql } from './postgresql.ts';
import type { SqlSettings } from './settings.ts';
import { probe } from './probe.ts';
import { makeStatements } from './statements.ts';
import type { Statement } from './statements.ts';

export { SqlSettings } from './settings.ts';

/** `name` is the connector's name in the configuration: errors carry it. */
export function createSql(name: string, settings: SqlSettings): Inventory {
  const dialect = createPostgresql(name, settings);
  const statements = makeStatements(dialect, settings);
  const database = { name, settings, dialect, statements };

  const read = (operation: string, { text, parameters }: Statement, options?: CallOptions) =>
    dialect.transaction(
      'read',
      operation,
      async (session) => (await session.run(text, parameters)).rows,
      options,
    );

  const leaving = leavingState(database);
  const place = dispositionPlace(database);
  return {
    closes: true,
    ...(leaving === undefined ? {} : { leaving }),
    ...(place === undefined ? {} : { dispositionPlace: place }),
    async listAssetsOf(person, options) {
      const rows = await read('list assets of person', statements.heldBy(keysOf(person)), options);
      return rows.map((row) => toAsset(row, settings, person));
    },
    async findBySerial(serial, person, options) {
      const wanted = normaliseSerial(serial);
      if (wanted === null) return [];
      const rows = await read('find asset by serial', statements.bySerial(wanted), options);
      return rows
        .map((row) => toAsset(row, settings, person))
        .filter((asset) => normaliseSerial(asset.serial) === wanted);
    },
    async readAsset(externalId, options) {
      const row = await orNull(read('read asset', statements.byId(externalId), options));
      const [only] = row ?? [];
      if (only === undefined) return null;
      return { ...toAsset(only, settings, null), answer: answerOf(only, settings) };
    },
    closeAsset: (externalId, closure, options) => close(database, externalId, closure, options),
    isClosed: (asset, closure) => isClosed(asset, closure, settings),
    async listAssets(cursor, options) {
      const rows = await read('list assets', statements.after(cursor, settings.pageSize), options);
      const items = rows.map((row) => toAsset(row, settings, null));
      return { items, next: rows.length < settings.pageSize ? null : (items.at(-1)?.externalId ?? null) };
    },
    probe: (options) => probe(database, options),
  };
}

/** A text that cannot be a key of this table (a word where keys are numbers) is the key of nothing. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isNoKey(error)) return null;
    throw error;
  }
}
