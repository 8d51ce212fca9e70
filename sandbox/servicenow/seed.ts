import type { Company, CompanyDevice, CompanyPerson } from '../core/company.ts';
import { z } from 'zod';
import { insert, rowsOf } from './tables.ts';
import type { Row, Store } from './tables.ts';
import type { ServiceNowOptions } from './options.ts';

/** Makes a sys_id. */
export type MakeId = (...parts: string[]) => string;

export interface Seeding {
  readonly store: Store;
  readonly options: ServiceNowOptions;
  readonly id: MakeId;
  readonly now: Date;
}

export function seedStore(at: Seeding, company: Company): void {
  for (const person of company.people) addUser(at, person);
  for (const device of company.devices) if (device.inventory) addAsset(at, device);
}

/** What the books say otherwise than the device is: `behaviour.inventory` of the company document. */
const Books = z.strictObject({
  serial: z.string().optional(),
  manufacturer: z.string().min(1).optional(),
  model: z.string().min(1).optional(),
  /** Key of the person who holds it by the books. */
  assignedTo: z.string().nullable().optional(),
  /** `State` or `State/Substate`, by labels. */
  status: z.string().optional(),
  /** Software licences that are allocated to it. */
  licences: z.int().min(0).optional(),
});

/** Adds a hardware asset with its CI, its model, and what is allocated to it. */
export function addAsset(at: Seeding, device: CompanyDevice): Row {
  const { store, id, now } = at;
  const { status, licences = 0, ...books } = Books.parse(device.behaviour['inventory'] ?? {});
  const { serial, manufacturer, model, assignedTo } = { ...device, ...books };
  const sysId = id('alm_hardware', device.key);
  const holder = assignedTo === null || assignedTo === undefined ? '' : id('sys_user', assignedTo);
  const ci = id('cmdb_ci', device.key);
  insert(store, 'cmdb_ci', ci, { name: device.key, serial_number: serial ?? '' }, now);
  for (let count = 0; count < licences; count += 1) {
    const allocation = { allocated_to: ci, licensed_by: `Licence ${count + 1}`, quantity: '1' };
    insert(store, 'alm_entitlement_asset', id('allocation', device.key, String(count)), allocation, now);
  }
  const depreciation = id('cmdb_depreciation', 'sl3');
  insert(store, 'cmdb_depreciation', depreciation, { name: 'SL 3 Years' });
  const phone = device.platform === 'ios' || device.platform === 'android';
  const category = id('cmdb_model_category', phone ? 'Mobile Device' : 'Computer');
  insert(store, 'cmdb_model_category', category, { name: phone ? 'Mobile Device' : 'Computer' });
  store.keys.set(sysId, device.key);
  return insert(
    store,
    'alm_hardware',
    sysId,
    {
      asset_tag: device.assetTag ?? `P${id('tag', device.key).slice(0, 7)}`,
      serial_number: serial ?? '',
      model: modelNamed(at, model ?? '', manufacturer ?? ''),
      model_category: category,
      assigned_to: holder,
      ci,
      acquisition_method: device.ownership === 'personal' ? 'bring_your_own_asset' : 'purchase',
      depreciation,
      ...stateNamed(at.options, status ?? (holder === '' ? 'In stock/Available' : 'In use')),
    },
    now,
  );
}

/** The columns that say a state, from its labels. */
export function stateNamed({ choices }: ServiceNowOptions, name: string): Row {
  const [label, sub] = name.split('/');
  const state = choices.find((one) => one.element === 'install_status' && one.label === label);
  if (state === undefined) throw new Error(`this instance has no state ${name}`);
  const substate = choices.find(
    (one) => one.element === 'substatus' && one.label === sub && one.dependentValue === state.value,
  );
  if (sub !== undefined && substate === undefined) throw new Error(`this instance has no substate ${name}`);
  return { install_status: state.value, substatus: substate?.value ?? '' };
}

/** The asset of a device key, a sys_id or a serial: for the control interface. */
export function assetByAnyName(store: Store, name: string): Row | undefined {
  const assets = [...rowsOf(store, 'alm_hardware').values()];
  return (
    assets.find((row) => store.keys.get(row['sys_id'] ?? '') === name) ??
    rowsOf(store, 'alm_hardware').get(name) ??
    assets.find((row) => row['serial_number'] === name)
  );
}

function addUser({ store, id, now }: Seeding, person: CompanyPerson): void {
  insert(
    store,
    'sys_user',
    id('sys_user', person.key),
    {
      user_name: person.workEmail.split('@')[0] ?? person.key,
      email: person.workEmail,
      employee_number: person.externalId,
      first_name: person.givenName,
      last_name: person.familyName,
      name: `${person.givenName} ${person.familyName}`,
      active: 'true',
    },
    now,
  );
}

function modelNamed({ store, id, now }: Seeding, name: string, manufacturer: string): string {
  const company = id('core_company', manufacturer);
  insert(store, 'core_company', company, { name: manufacturer }, now);
  const model = id('cmdb_model', manufacturer, name);
  const row = { name, display_name: `${manufacturer} ${name}`, manufacturer: company };
  insert(store, 'cmdb_model', model, row, now);
  return model;
}
