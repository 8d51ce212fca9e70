import { Router } from 'express';
import { routeText } from '../core/http.ts';
import { asRecord, asText, fail, invalid } from './http.ts';
import type { Parts } from './shipments.ts';
import { newId, TRACKING_STATUSES } from './store.ts';
import type { Store, Track, TrackingStatus, TrackingStatusName, Transaction } from './store.ts';

export interface Scan {
  readonly status: TrackingStatusName;
  readonly substatus?: string | undefined;
  readonly actionRequired?: boolean | undefined;
  readonly details?: string | undefined;
  readonly at: Date;
}

/** Routes for tracking. A package is known by carrier and number together. */
export function trackRoutes({ context, store }: Parts): Router {
  const router = Router();

  router.post('/tracks', (request, response) => {
    const input = asRecord(request.body) ?? {};
    const [carrier, number] = [asText(input['carrier']), asText(input['tracking_number'])];
    if (carrier === undefined || number === undefined)
      return invalid(response, ...(carrier ? [] : ['carrier']), ...(number ? [] : ['tracking_number']));
    if (carrier !== carrier.toLowerCase()) return fail(response, 400, 'Invalid carrier token.');
    const known = store().tracks.get(`${carrier}/${number}`);
    const made = known ?? track(store(), carrier, number, null, context.now());
    context.effect(request, { kind: 'tracking.registered', target: `${carrier}/${number}`, params: {} });
    response.status(201).json(made);
  });

  router.get('/tracks/:carrier/:number', (request, response) => {
    const [carrier, number] = [routeText(request, 'carrier'), routeText(request, 'number')];
    const known =
      store().tracks.get(`${carrier}/${number}`) ?? testTrack(store(), carrier, number, context.now());
    // A number that no carrier knows (yet) is no error: nothing is told of it.
    response.json(known ?? blank(carrier, number, null));
  });
  return router;
}

/** A package that a label was made for, or that somebody wants to follow. */
export function track(
  store: Store,
  carrier: string,
  number: string,
  transaction: Transaction | null,
  now: Date,
): Track {
  const made = blank(carrier, number, transaction);
  store.tracks.set(`${carrier}/${number}`, made);
  if (transaction !== null) addScan(store, made, { status: 'UNKNOWN', at: now }, now);
  return made;
}

/** Adds a scan. The status is that of the newest by the carrier's clock; one that was reported late changes the history only. */
export function addScan(store: Store, parcel: Track, scan: Scan, now: Date): void {
  const status: TrackingStatus = {
    object_id: newId(store),
    object_created: now.toISOString(),
    object_updated: now.toISOString(),
    status: scan.status,
    substatus:
      scan.substatus === undefined
        ? null
        : { code: scan.substatus, text: scan.substatus, action_required: scan.actionRequired ?? false },
    status_details: scan.details ?? '',
    status_date: scan.at.toISOString(),
    location: null,
  };
  // What the vendor says before any carrier has seen the package is no scan.
  if (scan.status !== 'UNKNOWN')
    parcel.tracking_history = [...parcel.tracking_history, status].toSorted((a, b) =>
      a.status_date.localeCompare(b.status_date),
    );
  parcel.tracking_status = parcel.tracking_history.at(-1) ?? status;
  const transaction = parcel.transaction === null ? undefined : store.transactions.get(parcel.transaction);
  if (transaction) transaction.tracking_status = parcel.tracking_status.status;
}

/** Numbers that a test account answers with a package in that state: carrier `shippo`, number `SHIPPO_TRANSIT`. */
function testTrack(store: Store, carrier: string, number: string, now: Date): Track | undefined {
  const status = TRACKING_STATUSES.find((name) => number === `SHIPPO_${name}`);
  if (carrier !== 'shippo' || status === undefined) return undefined;
  const made = track(store, carrier, number, null, now);
  addScan(store, made, { status, at: now }, now);
  return made;
}

function blank(carrier: string, number: string, transaction: Transaction | null): Track {
  return {
    carrier,
    tracking_number: number,
    transaction: transaction?.object_id ?? null,
    metadata: transaction?.metadata ?? '',
    address_from: null,
    address_to: null,
    eta: null,
    messages: [],
    tracking_status: null,
    tracking_history: [],
  };
}
