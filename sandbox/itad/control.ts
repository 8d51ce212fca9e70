import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { routeText } from '../core/http.ts';
import type { SimulatorContext } from '../core/simulator.ts';
import { CERTIFICATE_STATUSES } from './lines.ts';
import { WebhookTarget } from './options.ts';
import type { ItadOptions } from './options.ts';
import { shown } from './pickups.ts';
import type { createSender } from './sender.ts';
import type { Pickup, Store } from './store.ts';
import { strangers } from './units.ts';
import type { Selection, Unit } from './units.ts';
import {
  certificatesOf,
  Certify,
  certified,
  Collect,
  Dispose,
  dispositionsOf,
  inTruck,
  manifested,
  receiptOf,
  Receive,
  scanOf,
  uncertified,
} from './work.ts';

const CertificateChange = z.strictObject({ status: z.enum(CERTIFICATE_STATUSES) });

/** What the control routes work on. */
export interface ControlParts {
  readonly context: SimulatorContext;
  readonly store: () => Store;
  readonly options: ItadOptions;
  readonly send: ReturnType<typeof createSender>;
  readonly addTarget: (target: WebhookTarget) => void;
}

/** What the vendor's people do: collect, receive, certify, report what became of it. */
export function controlRoutes({ context, store, options, send, addTarget }: ControlParts): Router {
  const router = Router();

  router.post('/webhooks', (request, response) => {
    addTarget(WebhookTarget.parse(request.body));
    response.status(201).end();
  });
  router.get('/pickups', (_request, response) => {
    const pickups = [...store().pickups.values()].map((pickup) => ({
      ...shown(pickup),
      manifest: pickup.manifest,
      scan: pickup.scan,
      receipt: pickup.receipt,
      certificates: pickup.certificates,
      dispositions: pickup.dispositions,
    }));
    response.json({ pickups });
  });

  router.post('/pickups/:id/collect', (request, response) => {
    const pickup = find(request, response);
    if (!pickup) return;
    const step = Collect.parse(request.body ?? {});
    if (pickup.scan) return conflict(response, 'collected already');
    if (mistaken(response, manifested(pickup), step)) return;
    pickup.scan = scanOf(pickup, step, context.now());
    const { scannedAt, scannedBy, seal, lines } = pickup.scan;
    const event = step.notify
      ? send('pickup.scanned', { pickupId: pickup.booking.pickupId, scannedAt, scannedBy, seal, lines })
      : null;
    response.json({ event, lines });
  });

  router.post('/pickups/:id/receive', (request, response) => {
    const pickup = find(request, response);
    if (!pickup) return;
    const step = Receive.parse(request.body ?? {});
    if (!pickup.scan) return conflict(response, 'not collected yet');
    if (mistaken(response, inTruck(pickup), step)) return;
    const lines = receiptOf(pickup, step, options.facility, context.now());
    pickup.receipt.push(...lines);
    const event =
      step.notify && lines.length > 0
        ? send('receipt.available', available(pickup, 'receipt', pickup.receipt.length))
        : null;
    response.json({ event, lines });
  });

  router.post('/pickups/:id/certify', (request, response) => {
    const pickup = find(request, response);
    if (!pickup) return;
    const step = Certify.parse(request.body ?? {});
    if (pickup.receipt.length === 0) return conflict(response, 'nothing received yet');
    if (mistaken(response, uncertified(pickup), step)) return;
    const lines = certificatesOf(store(), pickup, step, options.facility, context.now());
    pickup.certificates.push(...lines);
    const event =
      step.notify && lines.length > 0
        ? send('certificates.available', available(pickup, 'certificates', pickup.certificates.length))
        : null;
    response.json({ event, lines });
  });

  router.post('/pickups/:id/certificates/:certificateId', (request, response) => {
    const pickup = find(request, response);
    if (!pickup) return;
    const index = pickup.certificates.findIndex(
      ({ certificateId }) => certificateId === routeText(request, 'certificateId'),
    );
    const certificate = pickup.certificates[index];
    if (!certificate) return void response.status(404).json({ error: 'no such certificate' });
    pickup.certificates[index] = { ...certificate, ...CertificateChange.parse(request.body) };
    response.json({
      event: send('certificates.available', available(pickup, 'certificates', pickup.certificates.length)),
      certificate: pickup.certificates[index],
    });
  });

  router.post('/pickups/:id/dispose', (request, response) => {
    const pickup = find(request, response);
    if (!pickup) return;
    const step = Dispose.parse(request.body ?? {});
    if (pickup.certificates.length === 0) return conflict(response, 'nothing certified yet');
    if (mistaken(response, certified(pickup), step)) return;
    const lines = dispositionsOf(pickup, step, context.now());
    const told = new Set(lines.map(({ serial }) => serial));
    // The latest word about a unit takes the place of the one before.
    const kept = pickup.dispositions.filter(({ serial }) => !told.has(serial));
    pickup.dispositions.splice(0, Infinity, ...kept, ...lines);
    const event =
      step.notify && lines.length > 0
        ? send('dispositions.available', available(pickup, 'dispositions', pickup.dispositions.length))
        : null;
    response.json({ event, lines });
  });
  return router;

  function find(request: Request, response: Response): Pickup | undefined {
    const pickup = store().pickups.get(routeText(request, 'id'));
    if (!pickup) response.status(404).json({ error: 'no such pickup' });
    return pickup;
  }

  function available(pickup: Pickup, document: string, lines: number): object {
    const { pickupId } = pickup.booking;
    return { pickupId, lines, url: `${context.url}/pickups/${encodeURIComponent(pickupId)}/${document}` };
  }
}

function conflict(response: Response, error: string): void {
  response.status(409).json({ error });
}

function mistaken(response: Response, before: readonly Unit[], selection: Selection): boolean {
  const unknown = strangers(before, selection);
  if (unknown.length > 0) response.status(400).json({ error: `not at this step: ${unknown.join(', ')}` });
  return unknown.length > 0;
}
