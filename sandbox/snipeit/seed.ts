import type { Company, CompanyDevice, CompanyPerson } from '../core/company.ts';
import { z } from 'zod';
import { addLicence, modelNamed, OWNERSHIP_FIELD, PLATFORM_FIELD } from './store.ts';
import type { Asset, Named, StatusLabel, Store, User } from './store.ts';

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

/** What the books say otherwise than the device is: `behaviour.inventory` of the company document. */
const Books = z.strictObject({
  serial: z.string().optional(),
  manufacturer: z.string().min(1).optional(),
  model: z.string().min(1).optional(),
  /** Key of the person who holds it by the books. */
  assignedTo: z.string().nullable().optional(),
  /** Name of a status label. */
  status: z.string().optional(),
  /** How many licences have a seat checked out to it. */
  licences: z.int().min(0).default(0),
});

/** Adds an asset for a device of the company document and returns it. */
export function addAsset(store: Store, device: CompanyDevice, now: Date): Asset {
  const known = [...store.assets.values()].find((asset) => asset.key === device.key);
  const id = known?.id ?? store.nextAssetId++;
  const { status, licences, ...books } = Books.parse(device.behaviour['inventory'] ?? {});
  const { serial, manufacturer, model, assignedTo } = { ...device, ...books };
  const holder = assignedTo === null || assignedTo === undefined ? undefined : userByKey(store, assignedTo);
  const asset: Asset = {
    id,
    key: device.key,
    name: device.key,
    assetTag: device.assetTag ?? `A-${String(id).padStart(5, '0')}`,
    serial: serial ?? device.serial,
    modelId: modelNamed(store, model ?? device.model, manufacturer ?? device.manufacturer, categoryOf(device))
      .id,
    statusId: labelFor(store, status).id,
    assignedTo: holder?.id ?? null,
    locationId: holder ? null : 1,
    rtdLocationId: 1,
    notes: null,
    byod: device.ownership === 'personal',
    custom: {
      ...Object.fromEntries(store.fields.map(({ column }) => [column, null])),
      [OWNERSHIP_FIELD.column]: device.ownership,
      [PLATFORM_FIELD.column]: device.platform,
    },
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
  // Two seats each, one of them free.
  for (let each = 0; each < licences; each += 1) addLicence(store, `Suite ${each + 1}`, 2, [asset]);
  return asset;
}

function categoryOf({ platform }: CompanyDevice): Named {
  return platform === 'ios' || platform === 'android'
    ? { id: 2, name: 'Phones' }
    : { id: 1, name: 'Laptops' };
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
    deletedAt: null,
  });
}

/** The label of a name; without one, the first that says ready to deploy. */
function labelFor(store: Store, name: string | undefined): StatusLabel {
  const label = [...store.labels.values()].find((each) =>
    name === undefined ? each.type === 'deployable' : each.name === name,
  );
  if (!label)
    throw new Error(`this Snipe-IT installation has no status label ${name ?? 'that is deployable'}`);
  return label;
}
