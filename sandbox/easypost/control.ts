import { Router } from 'express';
import { z } from 'zod';
import { routeText } from '../core/http.ts';
import type { SimulatorContext } from '../core/simulator.ts';
import type { Publisher } from './events.ts';
import { addScan } from './scans.ts';
import { REFUND_STATUSES, stamp, TRACKER_STATUSES } from './store.ts';
import type { Shipment, Store, Tracker } from './store.ts';
import { findTracker } from './trackers.ts';

/** What the carrier reports about a package. */
const ScanRequest = z.strictObject({
  status: z.enum(TRACKER_STATUSES),
  statusDetail: z.string().min(1).optional(),
  message: z.string().optional(),
  /** When it was scanned; now if absent. An earlier time is a scan that was reported late. */
  at: z.iso.datetime().optional(),
  signedBy: z.string().optional(),
  /** Ounces. */
  weight: z.number().positive().optional(),
  /** False: the tracker changes, but no webhook says so. */
  notify: z.boolean().default(true),
});

/** Acts of carriers. */
export function controlRoutes(context: SimulatorContext, store: () => Store, publisher: Publisher): Router {
  const router = Router();

  router.get(
    '/trackers',
    (_request, response) => void response.json({ trackers: [...store().trackers.values()] }),
  );
  router.get(
    '/shipments',
    (_request, response) => void response.json({ shipments: [...store().shipments.values()] }),
  );
  router.get('/events', (_request, response) => void response.json({ events: [...store().events.values()] }));

  router.post('/trackers/:ref/scan', (request, response) => {
    const tracker = byReference(store(), routeText(request, 'ref'));
    if (!tracker) return void response.status(404).json({ error: 'no such tracker' });
    const { at, notify, ...scan } = ScanRequest.parse(request.body);
    const now = context.now();
    const previous = addScan(tracker, { ...scan, at: at === undefined ? now : new Date(at) }, now);
    const shipment = tracker.shipment_id === null ? undefined : store().shipments.get(tracker.shipment_id);
    if (shipment) shipment.status = tracker.status;
    const event = notify ? publisher.publish('tracker.updated', tracker, previous) : undefined;
    response.json({ tracker, event: event?.id ?? null });
  });

  router.post('/refunds/next', (request, response) => {
    const { status } = z.strictObject({ status: z.enum(REFUND_STATUSES) }).parse(request.body);
    store().nextRefunds.push(status);
    response.status(202).json({ waiting: store().nextRefunds.length });
  });

  router.post('/events/:id/redeliver', (request, response) => {
    const event = store().events.get(routeText(request, 'id'));
    if (!event) return void response.status(404).json({ error: 'no such event' });
    publisher.redeliver(event);
    response.status(202).json({ event: event.id });
  });

  router.post('/webhooks/:id/disable', (request, response) => {
    const hook = store().webhooks.get(routeText(request, 'id'));
    if (!hook) return void response.status(404).json({ error: 'no such webhook' });
    hook.disabled_at = stamp(context.now());
    response.json({ disabled_at: hook.disabled_at });
  });
  return router;
}

/** A tracker by its id or code, or by the id or reference of its shipment. */
function byReference(store: Store, name: string): Tracker | undefined {
  const bought = (shipment: Shipment): boolean =>
    shipment.tracker !== null && (shipment.id === name || shipment.reference === name);
  return findTracker(store, name) ?? [...store.shipments.values()].findLast(bought)?.tracker ?? undefined;
}
