import { isDeepStrictEqual } from 'node:util';
import { Router } from 'express';
import type { Request } from 'express';
import type { z } from 'zod';
import { routeText } from '../core/http.ts';
import type { SimulatorContext } from '../core/simulator.ts';
import { readCsv } from './csv.ts';
import { fail, notFound } from './errors.ts';
import type { Problem } from './errors.ts';
import { ManifestLine } from './lines.ts';
import { Booking, digestOf, statusOf } from './store.ts';
import type { Pickup, Store } from './store.ts';

/** Routes for bookings and their manifests. */
export function pickupRoutes(context: SimulatorContext, store: () => Store): Router {
  const router = Router();

  router.post('/pickups', (request, response) => {
    const parsed = Booking.safeParse(request.body);
    if (!parsed.success)
      return fail(response, 422, 'invalid', 'The booking is not complete.', problemsOf(parsed.error));
    const booking = parsed.data;
    const known = store().pickups.get(booking.pickupId);
    if (known) {
      if (isDeepStrictEqual(known.booking, booking)) return void response.status(200).json(shown(known));
      return fail(response, 409, 'conflict', 'This pickupId is booked already, with other details.');
    }
    const pickup: Pickup = {
      booking,
      bookingReference: `BK-${String(store().pickups.size + 1).padStart(6, '0')}`,
      bookedAt: context.now().toISOString(),
      manifest: null,
      scan: null,
      receipt: [],
      certificates: [],
      dispositions: [],
    };
    store().pickups.set(booking.pickupId, pickup);
    context.effect(request, {
      kind: 'pickup.booked',
      target: booking.pickupId,
      params: { bookingReference: pickup.bookingReference, window: booking.window },
    });
    response.status(201).json(shown(pickup));
  });

  router.get('/pickups/:id', (request, response) => {
    const pickup = store().pickups.get(routeText(request, 'id'));
    if (!pickup) return notFound(response);
    response.json(shown(pickup));
  });

  router.put('/pickups/:id/manifest', (request, response) => {
    const pickup = store().pickups.get(routeText(request, 'id'));
    if (!pickup) return notFound(response);
    const sent = linesSent(request);
    if (sent === undefined)
      return fail(response, 415, 'unsupported_media_type', 'Send application/json or text/csv.');
    if (sent === 'unreadable') return fail(response, 422, 'invalid', 'The manifest cannot be read.');
    const { lines, problems } = checkLines(sent, pickup.booking.pickupId);
    if (problems.length > 0)
      return fail(response, 422, 'invalid', 'The manifest has errors; nothing of it was taken.', problems);
    const sha256 = digestOf(lines);
    // The same manifest again changes nothing, and is fine even after the truck has gone.
    if (pickup.manifest?.sha256 !== sha256) {
      if (pickup.scan)
        return fail(response, 409, 'conflict', 'The pickup has been collected; its manifest is closed.');
      pickup.manifest = { lines, receivedAt: context.now().toISOString(), sha256 };
      context.effect(request, {
        kind: 'manifest.received',
        target: pickup.booking.pickupId,
        params: { sha256, serials: lines.map(({ serial }) => serial) },
      });
    }
    response.json(shown(pickup));
  });
  return router;
}

/** A pickup as the vendor shows it. */
export function shown(pickup: Pickup): object {
  const { booking, manifest, scan } = pickup;
  return {
    ...booking,
    bookingReference: pickup.bookingReference,
    bookedAt: pickup.bookedAt,
    status: statusOf(pickup),
    manifest: manifest && {
      lines: manifest.lines.length,
      receivedAt: manifest.receivedAt,
      sha256: manifest.sha256,
    },
    scan: scan && { lines: scan.lines.length, scannedAt: scan.scannedAt },
    receipt: pickup.receipt.length > 0 ? { lines: pickup.receipt.length } : null,
    certificates: pickup.certificates.length > 0 ? { lines: pickup.certificates.length } : null,
    dispositions: pickup.dispositions.length > 0 ? { lines: pickup.dispositions.length } : null,
  };
}

/** The lines of a body: a JSON array, `{lines: […]}`, or CSV. Undefined for another content type. */
function linesSent(request: Request): readonly unknown[] | 'unreadable' | undefined {
  const body: unknown = request.body;
  if (request.is('text/csv')) {
    try {
      return typeof body === 'string' ? readCsv(body) : 'unreadable';
    } catch {
      return 'unreadable';
    }
  }
  if (!request.is('json')) return undefined;
  const list = typeof body === 'object' && body !== null && 'lines' in body ? body.lines : body;
  return Array.isArray(list) ? list : 'unreadable';
}

function checkLines(
  sent: readonly unknown[],
  pickupId: string,
): { readonly lines: ManifestLine[]; readonly problems: Problem[] } {
  const lines: ManifestLine[] = [];
  const problems: Problem[] = [];
  const numbers = new Set<number>();
  if (sent.length === 0) problems.push({ field: 'lines', message: 'are missing' });
  sent.forEach((entry, index) => {
    const parsed = ManifestLine.safeParse(entry);
    if (!parsed.success) return void problems.push(...problemsOf(parsed.error, index + 1));
    if (parsed.data.pickupId !== pickupId)
      problems.push({ line: index + 1, field: 'pickupId', message: 'belongs to another pickup' });
    if (numbers.has(parsed.data.line))
      problems.push({ line: index + 1, field: 'line', message: 'is used twice' });
    numbers.add(parsed.data.line);
    lines.push(parsed.data);
  });
  return { lines, problems };
}

function problemsOf(error: z.ZodError, line?: number): Problem[] {
  return error.issues.map((issue) => ({
    ...(line !== undefined && { line }),
    field: issue.path.join('.'),
    message: issue.message,
  }));
}
