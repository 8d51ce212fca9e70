/** What `handback doctor` asks: whether the columns are there and may be read, and those of a closure written. Changes nothing. */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions } from '../../read-options.ts';
import type { Database } from './close.ts';

export async function probe(
  { dialect, settings, statements }: Database,
  options?: CallOptions,
): Promise<{ readonly missing: readonly string[] }> {
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
    return { missing: [`select ${table}`] };
  }
}
