/** Entering what became of an asset when its row is closed: that one column. */
import { ConnectorError } from '../../errors.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import type { DispositionPlace } from '../port.ts';
import { changedMeanwhile, rowIn } from './close.ts';
import type { Database } from './close.ts';

/** `undefined` where the settings name no column for it. */
export function dispositionPlace({
  name,
  settings,
  dialect,
  statements,
}: Database): DispositionPlace | undefined {
  const { disposition: column } = settings.columns;
  if (column === undefined) return undefined;
  return {
    enterDisposition(externalId, disposition, options) {
      const operation = 'enter disposition';
      return dialect.transaction(
        'write',
        operation,
        async (session) => {
          const row = await rowIn(session, statements.byId(externalId));
          if (row === null) throw new ConnectorError('not-found', name, operation);
          if (row['disposition'] === disposition) return;
          const version = row['version'];
          if (version === null || version === undefined)
            throw unexpectedAnswer({ connector: name, operation, effect: 'read' });
          const { text, parameters } = statements.set(externalId, version, column, disposition);
          const { changed } = await session.run(text, parameters);
          if (changed !== 1) throw changedMeanwhile(name, operation);
        },
        options,
      );
    },
  };
}
