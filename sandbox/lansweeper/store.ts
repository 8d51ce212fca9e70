import type { Company, CompanyDevice, CompanyPerson } from '../core/company.ts';
import { stableId } from '../core/ids.ts';

/** One scanned asset, as `assetResources` may show it. */
export interface Asset {
  readonly key: string;
  /** Key of the device in the company document, for the control interface only. */
  readonly name: string;
  readonly siteId: string;
  /** Its place in every listing: rises with each asset that is added. */
  readonly place: number;
  /** The user who last signed in, as the scan saw it, without the domain. */
  userName: string | null;
  type: string;
  firstSeen: string;
  lastSeen: string;
  manufacturer: string;
  model: string;
  serialNumber: string;
  barCode: string | null;
  stateName: string;
  /** Custom fields by their name. */
  readonly fields: Map<string, string>;
}

/** The whole state of one simulated account. */
export interface Store {
  readonly people: Map<string, CompanyPerson>;
  /** By key, in the order of every listing. */
  readonly assets: Map<string, Asset>;
}

/** Custom fields that the account's people keep by hand. */
export const FIELDS = {
  ownerMail: 'Owner e-mail',
  ownerNumber: 'Owner number',
  ownership: 'Ownership',
  certificate: 'Disposal certificate',
} as const;

const TYPES = { windows: 'Windows', macos: 'Apple Mac', ios: 'iOS', android: 'Android' } as const;

export function emptyStore(): Store {
  return { people: new Map(), assets: new Map() };
}

/** Adds the people, and the devices that have an inventory record as assets of the site. A key that exists is replaced. */
export function seedStore(store: Store, company: Company, siteId: string, now: Date): void {
  for (const person of company.people) store.people.set(person.key, person);
  for (const device of company.devices) if (device.inventory) addAsset(store, device, siteId, now);
}

export function addAsset(store: Store, device: CompanyDevice, siteId: string, now: Date): Asset {
  const asset: Asset = {
    // As the vendor's: an opaque text.
    key: stableId(32, siteId, device.key),
    name: device.key,
    siteId,
    place: Math.max(0, ...[...store.assets.values()].map(({ place }) => place)) + 1,
    userName: null,
    type: TYPES[device.platform],
    firstSeen: now.toISOString(),
    lastSeen: now.toISOString(),
    manufacturer: device.manufacturer,
    model: device.model,
    serialNumber: device.serial,
    barCode: device.assetTag ?? null,
    stateName: 'Stock',
    fields: new Map([[FIELDS.ownership, device.ownership]]),
  };
  store.assets.set(asset.key, asset);
  assign(store, asset, device.assignedTo);
  return asset;
}

/** Somebody writes down who has it, and its state; the next scan sees them sign in. */
export function assign(store: Store, asset: Asset, personKey: string | null): void {
  const person = personKey === null ? undefined : store.people.get(personKey);
  if (person === undefined) {
    asset.fields.delete(FIELDS.ownerMail);
    asset.fields.delete(FIELDS.ownerNumber);
    asset.stateName = 'Stock';
    return;
  }
  asset.fields.set(FIELDS.ownerMail, person.workEmail);
  asset.fields.set(FIELDS.ownerNumber, person.externalId);
  asset.userName = person.workEmail.split('@')[0] ?? person.key;
  asset.stateName = 'Active';
}

/** By the company document's key, the vendor's key, or the serial: for the control interface. */
export function assetByAnyName(store: Store, name: string): Asset | undefined {
  const assets = [...store.assets.values()];
  return (
    store.assets.get(name) ??
    assets.find((asset) => asset.name === name) ??
    assets.find((asset) => asset.serialNumber === name)
  );
}
