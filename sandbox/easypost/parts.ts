import { Router } from 'express';
import { routeText } from '../core/http.ts';
import type { SimulatorContext } from '../core/simulator.ts';
import { notFound, required } from './errors.ts';
import { asRecord, asText, wrapped } from './lists.ts';
import type { EasypostOptions } from './options.ts';
import { newObject } from './store.ts';
import type { Address, Parcel, Store } from './store.ts';

type Mode = EasypostOptions['mode'];

const ADDRESS_FIELDS = [
  'name',
  'company',
  'street1',
  'street2',
  'city',
  'state',
  'zip',
  'country',
  'phone',
  'email',
  'federal_tax_id',
  'state_tax_id',
] as const;

/** Routes for addresses and parcels, which shipments may also carry inline. */
export function partRoutes(context: SimulatorContext, store: () => Store, mode: Mode): Router {
  const router = Router();
  router.post('/addresses', (request, response) => {
    const address = readAddress(store(), wrapped(request, 'address'), mode, context.now());
    if (!address) return required(response, 'address');
    response.status(201).json(address);
  });
  router.get('/addresses/:id', (request, response) => {
    const address = store().addresses.get(routeText(request, 'id'));
    if (!address) return notFound(response);
    response.json(address);
  });
  router.post('/parcels', (request, response) => {
    const parcel = readParcel(store(), wrapped(request, 'parcel'), mode, context.now());
    if (!parcel) return required(response, 'weight');
    response.status(201).json(parcel);
  });
  router.get('/parcels/:id', (request, response) => {
    const parcel = store().parcels.get(routeText(request, 'id'));
    if (!parcel) return notFound(response);
    response.json(parcel);
  });
  return router;
}

/** The address meant: a known one by id, or a new one. Undefined when it has neither a street nor an id that exists. */
export function readAddress(store: Store, value: unknown, mode: Mode, now: Date): Address | undefined {
  const input = asRecord(value);
  const id = asText(input?.['id']);
  if (id !== null) return store.addresses.get(id);
  if (!input || asText(input['street1']) === null) return undefined;
  const address: Address = {
    ...newObject(store, 'adr', 'Address', mode, now),
    ...Object.fromEntries(ADDRESS_FIELDS.map((field) => [field, asText(input[field])])),
    residential: null,
    carrier_facility: null,
    verifications: {},
  };
  store.addresses.set(address.id, address);
  return address;
}

/** The parcel meant: a known one by id, or a new one. Undefined without a weight or an id that exists. */
export function readParcel(store: Store, value: unknown, mode: Mode, now: Date): Parcel | undefined {
  const input = asRecord(value);
  const id = asText(input?.['id']);
  if (id !== null) return store.parcels.get(id);
  const weight = measure(input?.['weight']);
  if (!input || weight === null) return undefined;
  const parcel: Parcel = {
    ...newObject(store, 'prcl', 'Parcel', mode, now),
    weight,
    length: measure(input['length']),
    width: measure(input['width']),
    height: measure(input['height']),
    predefined_package: asText(input['predefined_package']),
  };
  store.parcels.set(parcel.id, parcel);
  return parcel;
}

function measure(value: unknown): number | null {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && number > 0 ? number : null;
}
