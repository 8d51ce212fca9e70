import { Router } from 'express';
import type { Request, Response } from 'express';
import { stableNumber } from '../core/ids.ts';
import { queryText, routeText } from '../core/http.ts';
import { fail, notFound, required } from './errors.ts';
import { labelPng } from './label.ts';
import { asRecord, asText, pageOf, wrapped } from './lists.ts';
import { readAddress, readParcel } from './parts.ts';
import { ratesFor } from './rates.ts';
import { newObject, stamp } from './store.ts';
import type { Rate, Shipment, Store } from './store.ts';
import { createTracker } from './trackers.ts';
import type { TrackerParts } from './trackers.ts';

/** Routes for shipments: create, read, list, buy, refund, and the label's image. */
export function shipmentRoutes(parts: TrackerParts): Router {
  const { store } = parts;
  const router = Router();

  router.post('/shipments', (request, response) => {
    const shipment = createShipment(parts, request, response);
    if (shipment) response.status(201).json(shipment);
  });
  router.get('/shipments', parts.limit, (request, response) => {
    // As documented, lists show bought shipments only, unless asked otherwise.
    const all = queryText(request, 'purchased') === 'false';
    const matching = [...store().shipments.values()]
      .filter((shipment) => all || shipment.postage_label !== null)
      .toReversed();
    const { entries, has_more } = pageOf(request, matching);
    response.json({ shipments: entries, has_more });
  });
  router.get('/shipments/:id', (request, response) => {
    const shipment = findShipment(store(), routeText(request, 'id'));
    if (!shipment) return notFound(response);
    response.json(shipment);
  });
  router.post('/shipments/:id/buy', (request, response) => {
    const shipment = findShipment(store(), routeText(request, 'id'));
    if (!shipment) return notFound(response);
    const wanted = asText(asRecord(asRecord(request.body)?.['rate'])?.['id']);
    if (wanted === null) return required(response, 'rate');
    const rate = shipment.rates.find(({ id }) => id === wanted);
    if (!rate) return notFound(response);
    // What the vendor has instead of idempotency keys: a shipment can be bought only once.
    if (shipment.postage_label !== null)
      return fail(response, 422, 'SHIPMENT.POSTAGE.EXISTS', 'Postage already exists for this shipment.');
    buy(parts, request, shipment, rate);
    response.json(shipment);
  });
  router.post('/shipments/:id/refund', (request, response) => {
    const shipment = findShipment(store(), routeText(request, 'id'));
    if (!shipment) return notFound(response);
    if (
      shipment.postage_label === null ||
      (shipment.tracker && !['unknown', 'pre_transit'].includes(shipment.tracker.status))
    ) {
      return fail(response, 422, 'SHIPMENT.REFUND.UNAVAILABLE', 'Refund is not available for this shipment.');
    }
    // As documented, a request that was turned down may be made again; one that does not apply stays so.
    if (shipment.refund_status === null || shipment.refund_status === 'rejected') {
      const status = store().nextRefunds.shift() ?? 'submitted';
      shipment.refund_status = status;
      if (status === 'submitted' || status === 'refunded')
        parts.context.effect(request, {
          kind: 'label.refunded',
          target: shipment.id,
          params: { reference: shipment.reference },
        });
    }
    response.json(shipment);
  });
  return router;
}

/** Serves label images, which the vendor keeps at addresses that need no key. */
export function labelRoutes(store: () => Store): Router {
  const router = Router();
  router.get('/labels/:file', (request, response) => {
    const id = routeText(request, 'file').replace(/\.png$/, '');
    const shipment = store().shipments.get(id);
    if (!shipment?.tracking_code) return void response.status(404).end();
    response.type('png').send(labelPng(shipment.tracking_code));
  });
  return router;
}

function createShipment(parts: TrackerParts, request: Request, response: Response): Shipment | undefined {
  const { context, store, options } = parts;
  const input = wrapped(request, 'shipment');
  const now = context.now();
  const to = readAddress(store(), input?.['to_address'], options.mode, now);
  const from = readAddress(store(), input?.['from_address'], options.mode, now);
  const parcel = readParcel(store(), input?.['parcel'], options.mode, now);
  if (!to || !from || !parcel) {
    required(
      response,
      ...[!to && 'to_address', !from && 'from_address', !parcel && 'parcel'].filter((name) => name !== false),
    );
    return undefined;
  }
  const base = newObject(store(), 'shp', 'Shipment', options.mode, now);
  const isReturn = input?.['is_return'] === true || input?.['is_return'] === 'true';
  const shipment: Shipment = {
    ...base,
    reference: asText(input?.['reference']),
    is_return: isReturn,
    // A return is asked for with the addresses of the way out, and the vendor switches them.
    to_address: isReturn ? from : to,
    from_address: isReturn ? to : from,
    return_address: from,
    buyer_address: to,
    parcel,
    options: asRecord(input?.['options']) ?? {},
    customs_info: null,
    rates: ratesFor(store(), base.id, parcel, options, now),
    selected_rate: null,
    postage_label: null,
    tracking_code: null,
    tracker: null,
    refund_status: null,
    insurance: null,
    messages: [],
    forms: [],
    fees: [],
    scan_form: null,
    batch_id: null,
    batch_status: null,
    batch_message: null,
    usps_zone: 4,
    order_id: null,
    status: 'unknown',
  };
  store().shipments.set(shipment.id, shipment);
  return shipment;
}

function buy(parts: TrackerParts, request: Request, shipment: Shipment, rate: Rate): void {
  const { context, store, options, publisher } = parts;
  const now = context.now();
  const code = `94${String(stableNumber(1e9, shipment.id)).padStart(10, '0')}${String(stableNumber(1e9, shipment.id, 'tail')).padStart(10, '0')}`;
  const tracker = createTracker(parts, {
    code,
    carrier: rate.carrier,
    shipmentId: shipment.id,
    isReturn: shipment.is_return,
  });
  shipment.selected_rate = rate;
  shipment.tracking_code = code;
  shipment.tracker = tracker;
  shipment.postage_label = {
    ...newObject(store(), 'pl', 'PostageLabel', options.mode, now),
    date_advance: 0,
    integrated_form: 'none',
    label_date: stamp(now),
    label_resolution: 300,
    label_size: '4x6',
    label_type: 'default',
    label_file_type: 'image/png',
    label_url: `${context.url}/labels/${shipment.id}.png`,
    label_pdf_url: null,
    label_zpl_url: null,
    label_epl2_url: null,
  };
  shipment.fees = [{ object: 'Fee', type: 'PostageFee', amount: rate.rate, charged: true, refunded: false }];
  shipment.updated_at = stamp(now);
  const params = {
    reference: shipment.reference,
    to: shipment.to_address['street1'],
    isReturn: shipment.is_return,
    trackingCode: code,
    carrier: rate.carrier,
    service: rate.service,
    rate: rate.rate,
  };
  context.effect(request, { kind: 'label.bought', target: shipment.id, params });
  publisher.publish('tracker.created', tracker, {});
}

/** A shipment by id or by the caller's reference. References need not be unique: then it is the newest. */
function findShipment(store: Store, idOrReference: string): Shipment | undefined {
  return (
    store.shipments.get(idOrReference) ??
    [...store.shipments.values()].findLast(({ reference }) => reference === idOrReference)
  );
}
