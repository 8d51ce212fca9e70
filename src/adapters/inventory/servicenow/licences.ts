/** Software licences that are allocated to an asset's configuration item (`alm_entitlement_asset`). */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions } from '../../read-options.ts';
import { term } from './client.ts';
import type { ServiceNowClient } from './client.ts';
import { idOf, valueOf } from './schema.ts';
import type { TableRow } from './schema.ts';

const TABLE = 'alm_entitlement_asset';

/** Ids of the allocations to the asset. None where it has no configuration item. */
export async function allocationsTo(
  client: ServiceNowClient,
  asset: TableRow,
  options?: CallOptions,
): Promise<readonly string[]> {
  const ci = valueOf(asset, 'ci');
  if (ci === '') return [];
  const operation = 'list licences of asset';
  const query = term(client, operation, 'allocated_to', ci);
  const fields = ['allocated_to'];
  const rows = await client.all(
    { operation, table: TABLE, query, fields },
    (row) => valueOf(row, 'allocated_to') === ci,
    options,
  );
  return rows.map(idOf);
}

/** Deletes the allocations, which gives the rights back to their entitlements. One that is gone already is no failure. */
export async function releaseLicences(
  client: ServiceNowClient,
  asset: TableRow,
  options?: CallOptions,
): Promise<void> {
  for (const id of await allocationsTo(client, asset, options)) {
    const path = `/${TABLE}/${encodeURIComponent(id)}`;
    try {
      await client.send({ operation: 'release licence', effect: 'write', method: 'DELETE', path }, options);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.code !== 'not-found') throw error;
    }
  }
}
