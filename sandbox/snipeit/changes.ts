import type { Asset, Store } from './store.ts';

/** What a change did wrong, by field, in the vendor's wording of validation errors. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** Fields that an update may set. Absent means unchanged. */
export interface AssetChange {
  readonly name?: string;
  readonly assetTag?: string;
  readonly serial?: string;
  readonly statusId?: number;
  readonly locationId?: number | null;
  readonly rtdLocationId?: number | null;
  readonly notes?: string | null;
  readonly byod?: boolean;
  readonly custom?: Readonly<Record<string, string | null>>;
}

/** The validation errors of a change; none when it may be applied. */
export function changeErrors(store: Store, asset: Asset, change: AssetChange): FieldErrors | undefined {
  const errors: Record<string, string[]> = {};
  if (change.statusId !== undefined && !store.labels.has(change.statusId))
    errors['status_id'] = ['The selected status id is invalid.'];
  if (unknownLocation(store, change.locationId))
    errors['location_id'] = ['The selected location id is invalid.'];
  if (unknownLocation(store, change.rtdLocationId))
    errors['rtd_location_id'] = ['The selected rtd location id is invalid.'];
  const tagTaken = [...store.assets.values()].some(
    (other) => other.id !== asset.id && other.deletedAt === null && other.assetTag === change.assetTag,
  );
  if (tagTaken) errors['asset_tag'] = ['The asset tag must be unique.'];
  return Object.keys(errors).length > 0 ? errors : undefined;
}

/** Applies a change that was found valid. An assignment is untouched: an update never checks in. */
export function applyChange(asset: Asset, change: AssetChange, now: Date): void {
  const { custom, ...plain } = change;
  Object.assign(asset, plain);
  // The vendor moves an asset to its default location when only that one is changed.
  if (change.rtdLocationId !== undefined && change.locationId === undefined)
    asset.locationId = change.rtdLocationId;
  Object.assign(asset.custom, custom);
  asset.updatedAt = now;
}

/** Takes the asset back from its holder. */
export function checkIn(store: Store, asset: Asset, now: Date, note: string | null): void {
  asset.assignedTo = null;
  // The vendor takes the seats of the asset from whoever held them, and leaves them with the asset.
  for (const seat of store.seats.values()) if (seat.assetId === asset.id) seat.userId = null;
  asset.expectedCheckin = null;
  asset.lastCheckin = now;
  asset.checkinCounter += 1;
  asset.locationId = asset.rtdLocationId;
  asset.updatedAt = now;
  store.activity.push({ at: now.toISOString(), action: 'checkin', assetId: asset.id, note });
}

/** Gives the asset to a user. */
export function checkOut(store: Store, asset: Asset, userId: number, now: Date, note: string | null): void {
  asset.assignedTo = userId;
  asset.lastCheckout = now;
  asset.checkoutCounter += 1;
  // Users of this simulator have no location, and the vendor takes over the holder's.
  asset.locationId = null;
  asset.updatedAt = now;
  store.activity.push({ at: now.toISOString(), action: 'checkout', assetId: asset.id, note });
}

function unknownLocation(store: Store, id: number | null | undefined): boolean {
  return typeof id === 'number' && !store.locations.has(id);
}
