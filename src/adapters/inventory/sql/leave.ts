/** Saying that an asset has left with the disposal vendor: its state, nothing else. */
import { ConnectorError } from '../../errors.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import type { CallOptions } from '../../read-options.ts';
import { endsOwnership } from '../port.ts';
import type { LeavingState } from '../port.ts';
import { rowIn } from './close.ts';
import type { Database } from './close.ts';
import { toAsset } from './map.ts';

/** `undefined` where the settings have no state for it. */
export function leavingState(database: Database): LeavingState | undefined {
  const { left } = database.settings.states;
  if (left === undefined) return undefined;
  return {
    markLeft: (externalId, options) => markLeft(database, left, externalId, options),
    saysLeft: ({ label }) => label === left,
  };
}

/** One transaction, only if the row is still as it was read. */
async function markLeft(
  { name, settings, dialect, statements }: Database,
  left: string,
  externalId: string,
  options?: CallOptions,
): Promise<void> {
  const operation = 'mark asset as left';
  await dialect.transaction(
    'write',
    operation,
    async (session) => {
      const row = await rowIn(session, statements.byId(externalId));
      if (row === null) throw new ConnectorError('not-found', name, operation);
      const { label, state } = toAsset(row, settings, null);
      if (label === left || endsOwnership(state)) return;
      const version = row['version'];
      if (version === null || version === undefined)
        throw unexpectedAnswer({ connector: name, operation, effect: 'read' });
      const { text, parameters } = statements.set(externalId, version, settings.columns.state, left);
      const { changed } = await session.run(text, parameters);
      if (changed !== 1)
        throw new ConnectorError('conflict', name, operation, { vendorCode: 'CHANGED_MEANWHILE' });
    },
    options,
  );
}
