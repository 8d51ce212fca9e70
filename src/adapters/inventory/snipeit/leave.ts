/** Saying that an asset has left with the disposal vendor: its status label, nothing else. */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions } from '../../read-options.ts';
import { endsOwnership } from '../port.ts';
import type { LeavingState } from '../port.ts';
import type { SnipeitClient } from './client.ts';
import { labelId, patch, readAgain } from './close.ts';
import { toAsset } from './map.ts';
import { readRow } from './read.ts';

/** `undefined` where the settings have no label for it. */
export function leavingState(client: SnipeitClient): LeavingState | undefined {
  const { left } = client.settings.labels;
  if (left === undefined) return undefined;
  return {
    markLeft: (externalId, options) => markLeft(client, left, externalId, options),
    saysLeft: ({ label }) => label === left,
  };
}

async function markLeft(
  client: SnipeitClient,
  left: string,
  externalId: string,
  options?: CallOptions,
): Promise<void> {
  const operation = 'mark asset as left';
  const row = await readRow(client, externalId, options);
  if (row === null) throw new ConnectorError('not-found', client.connector, operation);
  const { label, state } = toAsset(row, client.settings, false);
  if (label === left || endsOwnership(state)) return;
  const status = await labelId(client, left, options);
  await readAgain(client, row, operation, options);
  await patch(client, externalId, { status_id: status }, options);
}
