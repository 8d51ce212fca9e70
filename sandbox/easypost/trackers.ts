import { Router } from 'express';
import type { RequestHandler } from 'express';
import { queryText, routeText } from '../core/http.ts';
import type { SimulatorContext } from '../core/simulator.ts';
import { notFound, required } from './errors.ts';
import type { Publisher } from './events.ts';
import { asText, pageOf, wrapped } from './lists.ts';
import type { EasypostOptions } from './options.ts';
import { addScan } from './scans.ts';
import { newObject } from './store.ts';
import type { Store, Tracker, TrackerStatus } from './store.ts';

/** Codes that a test account answers with a package in that state. */
const TEST_CODES: Readonly<Record<string, TrackerStatus>> = {
  EZ1000000001: 'pre_transit',
  EZ2000000002: 'in_transit',
  EZ3000000003: 'out_for_delivery',
  EZ4000000004: 'delivered',
  EZ5000000005: 'return_to_sender',
  EZ6000000006: 'failure',
  EZ7000000007: 'unknown',
};

/** What the tracker routes work on. */
export interface TrackerParts {
  readonly context: SimulatorContext;
  readonly store: () => Store;
  readonly options: EasypostOptions;
  readonly publisher: Publisher;
  readonly limit: RequestHandler;
}

/** What a new tracker begins with. */
export interface NewTracker {
  readonly code: string;
  readonly carrier: string;
  readonly shipmentId: string | null;
  readonly isReturn: boolean;
}

/** Routes for trackers: create, read, list. */
export function trackerRoutes(parts: TrackerParts): Router {
  const { context, store, options, publisher } = parts;
  const router = Router();

  router.post('/trackers', (request, response) => {
    const input = wrapped(request, 'tracker');
    const code = asText(input?.['tracking_code']);
    if (code === null) return required(response, 'tracking_code');
    const carrier = asText(input?.['carrier']) ?? 'USPS';
    // The same code and carrier is the same tracker, and costs nothing again.
    const known = [...store().trackers.values()].find(
      (tracker) => tracker.tracking_code === code && tracker.carrier === carrier,
    );
    if (known) return void response.json(known);
    const tracker = createTracker(parts, { code, carrier, shipmentId: null, isReturn: false });
    const status = options.mode === 'test' ? TEST_CODES[code] : undefined;
    if (status !== undefined) addScan(tracker, { status, at: context.now() }, context.now());
    context.effect(request, {
      kind: 'tracker.created',
      target: tracker.id,
      params: { trackingCode: code, carrier },
    });
    publisher.publish('tracker.created', tracker, {});
    response.status(201).json(tracker);
  });

  router.get('/trackers', parts.limit, (request, response) => {
    const code = queryText(request, 'tracking_code');
    const carrier = queryText(request, 'carrier');
    const matching = [...store().trackers.values()]
      .filter(
        (tracker) =>
          (code === undefined || tracker.tracking_code === code) &&
          (carrier === undefined || tracker.carrier === carrier),
      )
      .toReversed();
    const { entries, has_more } = pageOf(request, matching);
    response.json({ trackers: entries, has_more });
  });

  router.get('/trackers/:id', (request, response) => {
    const tracker = findTracker(store(), routeText(request, 'id'));
    if (!tracker) return notFound(response);
    response.json(tracker);
  });
  return router;
}

/** Adds a tracker that knows nothing yet. */
export function createTracker(
  { context, store, options }: Pick<TrackerParts, 'context' | 'store' | 'options'>,
  input: NewTracker,
): Tracker {
  const base = newObject(store(), 'trk', 'Tracker', options.mode, context.now());
  const tracker: Tracker = {
    ...base,
    tracking_code: input.code,
    carrier: input.carrier,
    shipment_id: input.shipmentId,
    is_return: input.isReturn,
    status: 'unknown',
    status_detail: 'unknown',
    signed_by: null,
    weight: null,
    est_delivery_date: null,
    tracking_details: [],
    carrier_detail: null,
    finalized: false,
    public_url: `${context.url}/track/${base.id}`,
    fees: [],
  };
  store().trackers.set(tracker.id, tracker);
  return tracker;
}

/** A tracker by id or, as the vendor also takes, by its code. */
export function findTracker(store: Store, idOrCode: string): Tracker | undefined {
  return (
    store.trackers.get(idOrCode) ??
    [...store.trackers.values()].find((tracker) => tracker.tracking_code === idOrCode)
  );
}
