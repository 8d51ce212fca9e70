/** A status label's own type; `deployed` is not one of them, it is derived from the assignment. */
export type StatusType = 'deployable' | 'pending' | 'archived' | 'undeployable';

/** A status label, which the administrator of a Snipe-IT installation names freely. */
export interface StatusLabel {
  readonly id: number;
  readonly name: string;
  readonly type: StatusType;
}

/** A named thing that assets refer to: a manufacturer, a location. */
export interface Named {
  readonly id: number;
  readonly name: string;
}

/** An asset model with its manufacturer. */
export interface Model extends Named {
  readonly manufacturerId: number;
  readonly category: Named;
  readonly modelNumber: string | null;
}

/** A Snipe-IT user, who may hold assets. */
export interface User {
  readonly id: number;
  /** Key of the person in the company document, for the control interface only. */
  readonly key: string;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly employeeNum: string;
  readonly country: string;
  managerId: number | null;
  readonly createdAt: Date;
  /** Deleted users keep their records, and what was checked out to them. */
  deletedAt: Date | null;
}

/** One hardware record. */
export interface Asset {
  readonly id: number;
  /** Key of the device in the company document; the id as text where there is none. */
  readonly key: string;
  name: string;
  assetTag: string;
  serial: string;
  modelId: number;
  statusId: number;
  /** Id of the user who holds it. */
  assignedTo: number | null;
  locationId: number | null;
  /** Where it belongs when nobody holds it. */
  rtdLocationId: number | null;
  notes: string | null;
  byod: boolean;
  /** Custom fields by database column. */
  readonly custom: Record<string, string | null>;
  expectedCheckin: Date | null;
  lastCheckin: Date | null;
  lastCheckout: Date | null;
  checkinCounter: number;
  checkoutCounter: number;
  readonly createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}

/** A custom field of the fieldset that every seeded model uses. */
export interface CustomField {
  readonly name: string;
  /** Column name, as requests and answers carry it. */
  readonly column: string;
}

/** One seat of a licence: checked out to an asset, a user, or nobody. */
export interface Seat {
  readonly id: number;
  readonly licenceId: number;
  assetId: number | null;
  userId: number | null;
}

/** A software licence. */
export interface Licence extends Named {
  readonly reassignable: boolean;
}

/** One entry of the activity log, as an administrator would see it. */
export interface Activity {
  readonly at: string;
  readonly action: 'checkin' | 'checkout' | 'update';
  readonly assetId: number;
  readonly note: string | null;
}

/** The whole state of one simulated installation. */
export interface Store {
  readonly assets: Map<number, Asset>;
  readonly users: Map<number, User>;
  readonly labels: Map<number, StatusLabel>;
  readonly models: Map<number, Model>;
  readonly manufacturers: Map<number, Named>;
  readonly locations: Map<number, Named>;
  readonly fields: readonly CustomField[];
  readonly licences: Map<number, Licence>;
  readonly seats: Map<number, Seat>;
  readonly activity: Activity[];
  nextAssetId: number;
}

/** Labels that an installation with a disposal process would have. */
export const DEFAULT_LABELS: readonly StatusLabel[] = [
  { id: 1, name: 'Pending', type: 'pending' },
  { id: 2, name: 'Ready to Deploy', type: 'deployable' },
  { id: 3, name: 'Pending Disposal', type: 'pending' },
  { id: 4, name: 'Disposed', type: 'archived' },
  { id: 5, name: 'Lost', type: 'archived' },
  { id: 6, name: 'Out for Repair', type: 'undeployable' },
  { id: 7, name: 'Returned to Lessor', type: 'archived' },
  { id: 8, name: 'Sold', type: 'archived' },
  { id: 9, name: 'Found', type: 'pending' },
  { id: 10, name: 'Retained', type: 'undeployable' },
];

const DEFAULT_LOCATIONS: readonly Named[] = [
  { id: 1, name: 'Head office' },
  { id: 2, name: 'Returns desk' },
  { id: 3, name: 'Disposal cage' },
];

/** Custom fields that every installation here has, for what the company document says of a device. */
export const OWNERSHIP_FIELD: CustomField = { name: 'Ownership', column: '_snipeit_ownership_1' };
export const PLATFORM_FIELD: CustomField = { name: 'Platform', column: '_snipeit_platform_2' };

/** Text fields that an installation with a disposal process would have besides. */
export const DEFAULT_FIELDS: readonly CustomField[] = [
  { name: 'Disposal certificate', column: '_snipeit_disposal_certificate_3' },
];

/** An installation without assets or users. */
export function emptyStore(labels: readonly StatusLabel[], fields: readonly CustomField[]): Store {
  return {
    assets: new Map(),
    users: new Map(),
    labels: byId(labels),
    models: new Map(),
    manufacturers: new Map(),
    locations: byId(DEFAULT_LOCATIONS),
    fields: [OWNERSHIP_FIELD, PLATFORM_FIELD, ...fields],
    licences: new Map(),
    seats: new Map(),
    activity: [],
    nextAssetId: 1,
  };
}

/** A new licence with as many seats, the first of them checked out to these assets. */
export function addLicence(store: Store, name: string, seats: number, assets: readonly Asset[]): Licence {
  const licence: Licence = { id: store.licences.size + 1, name, reassignable: true };
  store.licences.set(licence.id, licence);
  for (let place = 0; place < Math.max(seats, assets.length); place += 1) {
    const id = store.seats.size + 1;
    store.seats.set(id, { id, licenceId: licence.id, assetId: assets[place]?.id ?? null, userId: null });
  }
  return licence;
}

export function seatsOf(store: Store, licenceId: number): Seat[] {
  return [...store.seats.values()].filter((seat) => seat.licenceId === licenceId);
}

/** Assets that are not deleted, newest first: the listing's default order. */
export function liveAssets(store: Store): Asset[] {
  return [...store.assets.values()]
    .filter((asset) => asset.deletedAt === null)
    .toSorted((a, b) => b.id - a.id);
}

/** The manufacturer of a name, created when it is new. */
export function manufacturerNamed(store: Store, name: string): Named {
  const known = [...store.manufacturers.values()].find((entry) => entry.name === name);
  if (known) return known;
  const created: Named = { id: store.manufacturers.size + 1, name };
  store.manufacturers.set(created.id, created);
  return created;
}

/** The model of a name and manufacturer, created with the category when it is new. */
export function modelNamed(store: Store, name: string, manufacturer: string, category: Named): Model {
  const manufacturerId = manufacturerNamed(store, manufacturer).id;
  const known = [...store.models.values()].find(
    (entry) => entry.name === name && entry.manufacturerId === manufacturerId,
  );
  if (known) return known;
  const created: Model = { id: store.models.size + 1, name, manufacturerId, category, modelNumber: null };
  store.models.set(created.id, created);
  return created;
}

function byId<T extends { readonly id: number }>(entries: readonly T[]): Map<number, T> {
  return new Map(entries.map((entry) => [entry.id, entry]));
}
