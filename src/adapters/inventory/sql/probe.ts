/** What `handback doctor` asks: whether the columns are there and may be read, and those of a closure written. Changes nothing. */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions } from '../../read-options.ts';
import type { Database } from './close.ts';

export async function probe(
  database: Database,
  options?: CallOptions,
): Promise<{ readonly missing: readonly string[] }> {
  const { dialect, settings, statements } = database;
  const { table, licences } = settings;
  const { text, parameters } = statements.after(null, 1);
  try {
    return await dialect.transaction(
      'read',
      'probe',
      async (session) => {
        await session.run(text, parameters);
        const missing = await dialect.notUpdatable(session, table, statements.written);
        const ofLicences =
          licences === undefined
            ? []
            : await dialect.notUpdatable(session, licences.table, [licences.released]);
        return {
          missing: [
            ...missing.map((column) => `update ${table}.${column}`),
            ...ofLicences.map((column) => `update ${licences?.table}.${column}`),
          ],
        };
      },
      options,
    );
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== 'refused') throw error;
    const refused = await refusedTables(database, options);
    // A column may be what is refused.
    return { missing: (refused.length === 0 ? [table] : refused).map((each) => `select ${each}`) };
  }
}

/** Each record is read with the count of its licences: a refusal may be about either table. */
async function refusedTables(
  { dialect, statements }: Database,
  options?: CallOptions,
): Promise<readonly string[]> {
  const refused: string[] = [];
  for (const { table, text, parameters } of statements.reads) {
    try {
      await dialect.transaction('read', 'probe', (session) => session.run(text, parameters), options);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.code !== 'refused') throw error;
      refused.push(table);
    }
  }
  return refused;
}
