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

/** Allocations by configuration item. */
export type AllocationCounts = ReadonlyMap<string, number>;

/**
 * Counts all allocations in one walk, by id. Where access control hides some, or of whom they are, `null`: which asset has them
 * is not known. When records vanish during the walk, the reader steps back by as many.
 */
export async function countAllocations(
  client: ServiceNowClient,
  options?: CallOptions,
): Promise<AllocationCounts | null> {
  const wanted = {
    operation: 'list licences',
    table: TABLE,
    query: '',
    fields: ['allocated_to'],
  };
  const items = new Map<string, string>();
  let [known, fewest] = [0, Number.POSITIVE_INFINITY];
  for (let offset = 0, more = true; more;) {
    const page = await client.page(wanted, offset, options);
    fewest = Math.min(fewest, page.total);
    for (const row of page.rows) items.set(idOf(row), valueOf(row, 'allocated_to'));
    const vanished = Math.max(0, known - page.total);
    known = page.total;
    more = page.more || vanished > 0;
    offset = vanished > 0 ? Math.max(0, offset - vanished) : offset + client.settings.pageSize;
  }
  const counts = new Map<string, number>();
  for (const item of items.values()) counts.set(item, (counts.get(item) ?? 0) + 1);
  return items.size < fewest || counts.has('') ? null : counts;
}

/**
 * Deletes the allocations, which gives the rights back to their entitlements. One that is gone already is no failure.
 * @returns How many there were.
 */
export async function releaseLicences(
  client: ServiceNowClient,
  asset: TableRow,
  options?: CallOptions,
): Promise<number> {
  const allocations = await allocationsTo(client, asset, options);
  for (const id of allocations) {
    const path = `/${TABLE}/${encodeURIComponent(id)}`;
    try {
      await client.send({ operation: 'release licence', effect: 'write', method: 'DELETE', path }, options);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.code !== 'not-found') throw error;
    }
  }
  return allocations.length;
}
