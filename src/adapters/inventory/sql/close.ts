/** Writing the final state into the table. */
import { ConnectorError } from '../../errors.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import { endsOwnership, isAnothers } from '../port.ts';
import type { AssetClosure, CloseOptions } from '../port.ts';
import type { Dialect, Session } from './dialect.ts';
import { isNoKey } from './failure.ts';
import { isClosed, stateFor, toAsset } from './map.ts';
import type { SqlSettings } from './settings.ts';
import type { AssetRow, Statement, Statements } from './statements.ts';

const OPERATION = 'close asset';

/** One configured database. */
export interface Database {
  readonly name: string;
  readonly settings: SqlSettings;
  readonly dialect: Dialect;
  readonly statements: Statements;
}

/** Everything in one transaction, only if the row is still as it was read. A lost commit is asked about by reading back. */
export async function close(
  { name, settings, dialect, statements }: Database,
  externalId: string,
  closure: AssetClosure,
  options?: CloseOptions,
): Promise<void> {
  const state = stateFor(closure.state, settings);
  if (state === null) throw new ConnectorError('refused', name, OPERATION, { vendorCode: 'STATE_MISSING' });
  await dialect.transaction(
    'write',
    OPERATION,
    async (session) => {
      const row = await rowIn(session, statements.byId(externalId));
      if (row === null) throw new ConnectorError('not-found', name, OPERATION);
      const asset = toAsset(row, settings, null);
      if (isClosed(asset, closure, settings)) return;
      if (isAnothers(asset.holderExternalId, options)) throw changedMeanwhile(name, OPERATION);
      const version = row['version'];
      if (version === null || version === undefined)
        throw unexpectedAnswer({ connector: name, operation: OPERATION, effect: 'read' });
      const { text, parameters } = statements.close(externalId, version, closure, state);
      const { changed } = await session.run(text, parameters);
      if (changed !== 1) throw changedMeanwhile(name, OPERATION);
      const release = statements.release(externalId, closure);
      if (release !== null && endsOwnership(closure.state))
        await session.run(release.text, release.parameters);
    },
    options,
  );
}

export function changedMeanwhile(connector: string, operation: string): ConnectorError {
  return new ConnectorError('conflict', connector, operation, { vendorCode: 'CHANGED_MEANWHILE' });
}

/** `null` also for a text that cannot be a key of this table. */
export async function rowIn(session: Session, { text, parameters }: Statement): Promise<AssetRow | null> {
  try {
    return (await session.run(text, parameters)).rows[0] ?? null;
  } catch (error) {
    if (isNoKey(error)) return null;
    throw error;
  }
}
