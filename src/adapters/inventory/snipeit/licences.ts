/**
 * Seats of software licences that are checked out to assets. Checking an asset in leaves them with it (the project's
 * `AssetsController`); a seat is checked in by clearing both of whom it may be checked out to (`LicenseSeatsController`).
 */
import type { CallOptions } from '../../read-options.ts';
import { endsOwnership } from '../port.ts';
import type { Asset } from '../port.ts';
import type { SnipeitClient } from './client.ts';
import { LicenceRow, SeatRow, SuccessEnvelope } from './schema.ts';

/** How long the seats of all licences are taken for true in a walk over all assets, milliseconds. */
const FRESH_MS = 10 * 60_000;

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
  count: (assetId: string) => Promise<number>,
): Promise<Asset> {
  if (client.settings.licences === 'ignore' || !endsOwnership(asset.state)) return asset;
  const licences = await count(asset.externalId);
  return { ...asset, books: { closedOn: null, licences, depreciating: null } };
}

/** Counts seats by asset out of one walk over all licences: a walk over all assets would ask for each otherwise. */
export function createSeatCounter(client: SnipeitClient, clock: () => Date) {
  let known: { readonly counts: ReadonlyMap<string, number>; readonly until: number } | null = null;

  async function walk(options?: CallOptions): Promise<ReadonlyMap<string, number>> {
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

  return async (assetId: string, options?: CallOptions): Promise<number> => {
    const now = clock().getTime();
    if (known === null || now >= known.until) known = { counts: await walk(options), until: now + FRESH_MS };
    return known.counts.get(assetId) ?? 0;
  };
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
