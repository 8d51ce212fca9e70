/** Saying that an asset has left with the disposal vendor: state and substate, nothing else. */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions } from '../../read-options.ts';
import { endsOwnership } from '../port.ts';
import type { LeavingState } from '../port.ts';
import { changedMeanwhile, changesOf, patch, stillAs } from './close.ts';
import { readAsset, readRow } from './read.ts';
import type { Books } from './read.ts';

/** `undefined` where the settings have no state for it. */
export function leavingState(books: Books): LeavingState | undefined {
  const { left } = books.client.settings.states;
  if (left === undefined) return undefined;
  return {
    markLeft: (externalId, options) => markLeft(books, left, externalId, options),
    saysLeft: ({ label }) => label === left,
  };
}

async function markLeft(
  books: Books,
  left: string,
  externalId: string,
  options?: CallOptions,
): Promise<void> {
  const { connector } = books.client;
  const operation = 'mark asset as left';
  const row = await readRow(books.client, externalId, options);
  if (row === null) throw new ConnectorError('not-found', connector, operation);
  const { label, state } = await readAsset(books, row, options);
  if (label === left || endsOwnership(state)) return;
  const values = (await books.choices.read(options)).valuesOf(left);
  if (values === null)
    throw new ConnectorError('refused', connector, operation, { vendorCode: 'STATE_MISSING' });
  const change = { install_status: values.state, substatus: values.substate };
  await stillAs(books.client, row, operation, options);
  const written = await patch(books, externalId, change, options);
  if (changesOf(written) > changesOf(row) + 1) throw changedMeanwhile(books.client, operation);
}
