/**
 * Seats of software licences that are checked out to assets. Checking an asset in leaves them with it (the project's
 * `AssetsController`); a seat is checked in by clearing both of whom it may be checked out to (`LicenseSeatsController`).
 */
import type { CallOptions } from '../../read-options.ts';
import { endsOwnership } from '../port.ts';
import type { Asset } from '../port.ts';
import type { SnipeitClient } from './client.ts';
import { LicenceRow, SeatRow, SuccessEnvelope } from './schema.ts';

/** Every seat that the asset has. */
export async function seatsOf(
  client: SnipeitClient,
  assetId: string,
  options?: CallOptions,
): Promise<readonly SeatRow[]> {
  const path = `/hardware/${encodeURIComponent(assetId)}/licenses`;
  const rows = await client.all({ operation: 'list licences of asset', path, row: LicenceRow }, options);
  const seats: SeatRow[] = [];
  // A licence may be named once for each seat.
  for (const id of new Set(rows.map((licence) => licence.id)))
    seats.push(...(await seatsOfLicence(client, id, options)));
  return seats.filter(({ assigned_asset: asset }) => asset !== null && String(asset.id) === assetId);
}

/** Checks in every seat that the asset has. One that was checked in meanwhile is no failure. */
export async function releaseSeats(
  client: SnipeitClient,
  assetId: string,
  note: string,
  options?: CallOptions,
): Promise<void> {
  for (const seat of await seatsOf(client, assetId, options)) {
    const path = `/licenses/${seat.license_id}/seats/${seat.id}`;
    const json = { asset_id: null, assigned_to: null, note };
    await client.ask(
      { operation: 'check in licence seat', effect: 'write', method: 'PATCH', path, json },
      SuccessEnvelope,
      options,
    );
  }
}

/** The asset with the count of its seats, where it is not ours any more and ought to have none. */
export async function withLicences(
  client: SnipeitClient,
  asset: Asset,
  options?: CallOptions,
): Promise<Asset> {
  if (client.settings.licences === 'ignore' || !endsOwnership(asset.state)) return asset;
  return withSeats(asset, (await seatsOf(client, asset.externalId, options)).length);
}

/**
 * Assets of a listing with their seats, whatever their state: a device may be gone by our records and not by the books. Counted
 * out of one walk over all licences; where a record that ended has some left, they may have been checked in since, and are
 * counted anew.
 */
export async function allWithLicences(
  client: SnipeitClient,
  assets: readonly Asset[],
  counts: () => Promise<SeatCounts>,
  options?: CallOptions,
): Promise<readonly Asset[]> {
  if (client.settings.licences === 'ignore') return assets;
  const seats = await counts();
  const counted: Asset[] = [];
  for (const asset of assets) {
    const had = seats.get(asset.externalId) ?? 0;
    const isLeft = had > 0 && endsOwnership(asset.state);
    counted.push(isLeft ? await withLicences(client, asset, options) : withSeats(asset, had));
  }
  return counted;
}

function withSeats(asset: Asset, licences: number): Asset {
  return { ...asset, books: { closedOn: null, licences, depreciating: null } };
}

/** Seats by the id of the asset that has them. */
export type SeatCounts = ReadonlyMap<string, number>;

/** One request for the licences, and one or more for each that is in use. */
export async function countSeats(client: SnipeitClient, options?: CallOptions): Promise<SeatCounts> {
  const counts = new Map<string, number>();
  const licences = await client.all(
    { operation: 'list licences', path: '/licenses', row: LicenceRow },
    options,
  );
  for (const { id, seats, free_seats_count: free } of licences) {
    if (typeof seats === 'number' && seats === free) continue;
    for (const { assigned_asset: asset } of await seatsOfLicence(client, id, options))
      if (asset !== null) counts.set(String(asset.id), (counts.get(String(asset.id)) ?? 0) + 1);
  }
  return counts;
}

function seatsOfLicence(
  client: SnipeitClient,
  id: number,
  options?: CallOptions,
): Promise<readonly SeatRow[]> {
  return client.all(
    { operation: 'list licence seats', path: `/licenses/${id}/seats`, row: SeatRow },
    options,
  );
}
