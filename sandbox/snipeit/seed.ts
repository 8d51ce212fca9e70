import type { Company, CompanyDevice, CompanyPerson } from '../core/company.ts';
import { modelNamed } from './store.ts';
import type { Asset, StatusLabel, Store, User } from './store.ts';

/** Adds the people as users, and the devices that have an inventory record as assets. A key that exists is replaced. */
export function seedStore(store: Store, company: Company, now: Date): void {
  for (const person of company.people) addUser(store, person, now);
  for (const person of company.people) {
    const user = userByKey(store, person.key);
    const manager = person.managerKey === undefined ? undefined : userByKey(store, person.managerKey);
    if (user) user.managerId = manager?.id ?? null;
  }
  for (const device of company.devices) if (device.inventory) addAsset(store, device, now);
}

/** The user made from a person of the company document. */
export function userByKey(store: Store, key: string): User | undefined {
  return [...store.users.values()].find((user) => user.key === key);
}

/** The asset of a device key, an id or a serial: for the control interface. */
export function assetByAnyName(store: Store, name: string): Asset | undefined {
  const assets = [...store.assets.values()];
  return (
    assets.find((asset) => asset.key === name) ??
    store.assets.get(Number(name)) ??
    assets.find((asset) => asset.serial === name)
  );
}

/** Adds an asset for a device of the company document and returns it. */
export function addAsset(store: Store, device: CompanyDevice, now: Date): Asset {
  const known = [...store.assets.values()].find((asset) => asset.key === device.key);
  const id = known?.id ?? store.nextAssetId++;
  const holder = device.assignedTo === null ? undefined : userByKey(store, device.assignedTo);
  const asset: Asset = {
    id,
    key: device.key,
    name: device.key,
    assetTag: device.assetTag ?? `A-${String(id).padStart(5, '0')}`,
    serial: device.serial,
    modelId: modelNamed(store, device.model, device.manufacturer).id,
    statusId: readyLabel(store).id,
    assignedTo: holder?.id ?? null,
    locationId: holder ? null : 1,
    rtdLocationId: 1,
    notes: null,
    byod: device.ownership === 'personal',
    custom: { _snipeit_ownership_1: device.ownership, _snipeit_platform_2: device.platform },
    expectedCheckin: null,
    lastCheckin: null,
    lastCheckout: holder ? now : null,
    checkinCounter: 0,
    checkoutCounter: holder ? 1 : 0,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  };
  store.assets.set(id, asset);
  return asset;
}

function addUser(store: Store, person: CompanyPerson, now: Date): void {
  const id = userByKey(store, person.key)?.id ?? store.users.size + 1;
  store.users.set(id, {
    id,
    key: person.key,
    username: person.workEmail.split('@')[0] ?? person.key,
    firstName: person.givenName,
    lastName: person.familyName,
    email: person.workEmail,
    employeeNum: person.externalId,
    country: person.country,
    managerId: null,
    createdAt: now,
  });
}

function readyLabel(store: Store): StatusLabel {
  const label = [...store.labels.values()].find(({ type }) => type === 'deployable');
  if (!label) throw new Error('a Snipe-IT installation needs a deployable status label');
  return label;
}
