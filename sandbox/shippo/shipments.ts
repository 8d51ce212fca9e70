import { Router } from 'express';
import type { Request, RequestHandler, Response } from 'express';
import { routeText } from '../core/http.ts';
import type { SimulatorContext } from '../core/simulator.ts';
import { asRecord, asText, invalid, notFound, pageOf } from './http.ts';
import type { ShippoOptions } from './options.ts';
import { CARRIER_ACCOUNTS, ratesFor } from './rates.ts';
import { newId, newObject } from './store.ts';
import type { Shipment, Store } from './store.ts';

/** What the routes of one account share. */
export interface Parts {
  readonly context: SimulatorContext;
  readonly store: () => Store;
  readonly options: ShippoOptions;
  readonly limit: RequestHandler;
}

const POUNDS_PER: Readonly<Record<string, number>> = { g: 0.00220462, kg: 2.20462, oz: 0.0625, lb: 1 };

/** Routes for shipments, their rates, and the carriers behind them. */
export function shipmentRoutes({ context, store, options, limit }: Parts): Router {
  const router = Router();

  router.post('/shipments', (request, response) => {
    const shipment = createShipment(store(), request, response, context.now());
    if (shipment === undefined) return;
    const ready = () => {
      const pounds = shipment.parcels.reduce((sum, parcel) => sum + poundsOf(parcel), 0);
      const isReturn = shipment.extra['is_return'] === true;
      shipment.rates = ratesFor(store(), shipment.object_id, pounds, isReturn, context.now());
      shipment.status = 'SUCCESS';
    };
    // Unless told to wait, the vendor answers before it has asked the carriers.
    if (asRecord(request.body)?.['async'] === false) ready();
    else context.after(options.settleMs, ready);
    response.status(201).json(shipment);
  });
  router.get('/shipments', limit, (request, response) => {
    response.json(pageOf(request, context.url, [...store().shipments.values()].toReversed()));
  });
  router.get('/shipments/:id', (request, response) => {
    const shipment = store().shipments.get(routeText(request, 'id'));
    if (!shipment) return notFound(response);
    response.json(shipment);
  });
  router.get('/shipments/:id/rates', limit, (request, response) => {
    const shipment = store().shipments.get(routeText(request, 'id'));
    if (!shipment) return notFound(response);
    response.json(pageOf(request, context.url, shipment.rates));
  });
  router.get('/rates/:id', (request, response) => {
    const rate = store().rates.get(routeText(request, 'id'));
    if (!rate) return notFound(response);
    response.json(rate);
  });
  router.get('/carrier_accounts', limit, (request, response) => {
    response.json(pageOf(request, context.url, CARRIER_ACCOUNTS));
  });
  router.get('/carrier_accounts/:id', (request, response) => {
    const account = CARRIER_ACCOUNTS.find(({ object_id }) => object_id === routeText(request, 'id'));
    if (!account) return notFound(response);
    response.json(account);
  });
  return router;
}

function createShipment(store: Store, request: Request, response: Response, now: Date): Shipment | undefined {
  const input = asRecord(request.body) ?? {};
  const [from, to] = [asRecord(input['address_from']), asRecord(input['address_to'])];
  const parcels = Array.isArray(input['parcels']) ? input['parcels'].map(asRecord) : [];
  if (!from || !to || parcels.length === 0) {
    invalid(
      response,
      ...(from ? [] : ['address_from']),
      ...(to ? [] : ['address_to']),
      ...(parcels.length === 0 ? ['parcels'] : []),
    );
    return undefined;
  }
  const complete = parcels.every(
    (parcel) =>
      parcel !== undefined &&
      ['weight', 'length', 'width', 'height'].every((name) => /^\d+(\.\d+)?$/.test(String(parcel[name]))) &&
      String(parcel['mass_unit']) in POUNDS_PER &&
      ['cm', 'in', 'ft', 'm', 'mm', 'yd'].includes(String(parcel['distance_unit'])),
  );
  if (!complete) {
    invalid(response, 'parcels');
    return undefined;
  }
  const extra = asRecord(input['extra']) ?? {};
  // A return is asked for with the addresses of the way out, and the vendor switches them.
  const isReturn = extra['is_return'] === true;
  const shipment: Shipment = {
    ...newObject(store, now),
    status: 'QUEUED',
    address_from: { object_id: newId(store), ...(isReturn ? to : from) },
    address_to: { object_id: newId(store), ...(isReturn ? from : to) },
    address_return: from,
    parcels: parcels.map((parcel) => ({ object_id: newId(store), ...parcel })),
    extra,
    metadata: asText(input['metadata']) ?? '',
    shipment_date: now.toISOString(),
    carrier_accounts: [],
    customs_declaration: null,
    messages: [],
    rates: [],
  };
  store.shipments.set(shipment.object_id, shipment);
  return shipment;
}

function poundsOf(parcel: object): number {
  const { weight, mass_unit: unit } = { weight: '0', mass_unit: 'lb', ...parcel };
  return Number(weight) * (POUNDS_PER[unit] ?? 1);
}
