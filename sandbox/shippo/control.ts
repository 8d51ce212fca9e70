import { Router } from 'express';
import { z } from 'zod';
import { routeText } from '../core/http.ts';
import type { SimulatorContext } from '../core/simulator.ts';
import type { Publisher } from './publisher.ts';
import { TRACKING_STATUSES } from './store.ts';
import type { Store, Track } from './store.ts';
import { addScan } from './tracks.ts';

/** What the carrier reports about a package. */
const ScanRequest = z.strictObject({
  status: z.enum(TRACKING_STATUSES),
  /** The vendor's finer word, such as `out_for_delivery`. */
  substatus: z.string().min(1).optional(),
  actionRequired: z.boolean().optional(),
  details: z.string().optional(),
  /** When it was scanned; now if absent. An earlier time is a scan that was reported late. */
  at: z.iso.datetime().optional(),
  /** False: the track changes, but no webhook says so. */
  notify: z.boolean().default(true),
});

const NextPurchase = z.strictObject({
  status: z.enum(['SUCCESS', 'ERROR']),
  queuedMs: z.int().nonnegative().optional(),
});

/** Acts of carriers. */
export function controlRoutes(context: SimulatorContext, store: () => Store, publisher: Publisher): Router {
  const router = Router();
  router.get('/shipments', (_request, response) => {
    response.json({ shipments: [...store().shipments.values()] });
  });
  router.get('/transactions', (_request, response) => {
    response.json({ transactions: [...store().transactions.values()] });
  });
  router.get('/tracks', (_request, response) => void response.json({ tracks: [...store().tracks.values()] }));
  router.get('/events', (_request, response) => void response.json({ events: [...store().events.values()] }));

  router.post('/tracks/:ref/scan', (request, response) => {
    const track = byReference(store(), routeText(request, 'ref'));
    if (!track) return void response.status(404).json({ error: 'no such package' });
    const { at, notify, ...scan } = ScanRequest.parse(request.body);
    const now = context.now();
    addScan(store(), track, { ...scan, at: at === undefined ? now : new Date(at) }, now);
    const event = notify ? publisher.track(track) : undefined;
    response.json({ track, event: event?.id ?? null });
  });

  router.post('/purchases/next', (request, response) => {
    store().nextPurchases.push(NextPurchase.parse(request.body));
    response.status(202).json({ waiting: store().nextPurchases.length });
  });

  router.post('/refunds/:id/settle', (request, response) => {
    const refund = store().refunds.get(routeText(request, 'id'));
    const transaction = refund && store().transactions.get(refund.transaction);
    if (!refund || !transaction) return void response.status(404).json({ error: 'no such refund' });
    const { status } = z.strictObject({ status: z.enum(['SUCCESS', 'ERROR']) }).parse(request.body);
    refund.status = status;
    transaction.status = status === 'SUCCESS' ? 'REFUNDED' : 'REFUNDREJECTED';
    publisher.transaction('transaction_updated', transaction);
    response.json(refund);
  });

  router.post('/events/:id/redeliver', (request, response) => {
    const event = store().events.get(routeText(request, 'id'));
    if (!event) return void response.status(404).json({ error: 'no such event' });
    publisher.redeliver(event);
    response.status(202).json({ event: event.id });
  });
  return router;
}

/** A package by its number, or by the id or metadata of its shipment. */
function byReference(store: Store, name: string): Track | undefined {
  return [...store.tracks.values()].findLast((track) => {
    if (track.tracking_number === name) return true;
    const transaction = track.transaction === null ? undefined : store.transactions.get(track.transaction);
    const rate = transaction && store.rates.get(transaction.rate);
    const shipment = rate && store.shipments.get(rate.shipment);
    return shipment !== undefined && (shipment.object_id === name || shipment.metadata === name);
  });
}
