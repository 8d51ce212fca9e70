import { Router } from 'express';
import type { Request, Response } from 'express';
import { routeText } from '../core/http.ts';
import { writeCsv } from './csv.ts';
import { fail, notFound } from './errors.ts';
import { COLUMNS } from './lines.ts';
import type { DocumentLine } from './lines.ts';
import type { ItadOptions } from './options.ts';
import type { Pickup, Store } from './store.ts';

/** Routes for what the vendor hands back: the scan, the receipt, the certificates, what became of the units. JSON, or CSV when `Accept` asks for it. */
export function documentRoutes(store: () => Store, options: ItadOptions): Router {
  const router = Router();

  const serve = (
    name: keyof typeof COLUMNS,
    linesOf: (pickup: Pickup) => readonly DocumentLine[],
    head: (pickup: Pickup) => object = () => ({}),
  ) => {
    router.get(`/pickups/:id/${name}`, (request: Request, response: Response) => {
      const pickup = store().pickups.get(routeText(request, 'id'));
      if (!pickup) return notFound(response);
      const lines = linesOf(pickup);
      if (lines.length === 0)
        return fail(response, 404, 'not_available', 'This document does not exist yet.');
      switch (request.accepts(['json', 'csv'])) {
        case 'json':
          return void response.json({ pickupId: pickup.booking.pickupId, ...head(pickup), lines });
        case 'csv':
          return void response
            .type('text/csv; charset=utf-8')
            .send(writeCsv(COLUMNS[name], lines, options.csv));
        default:
          fail(response, 406, 'not_acceptable', 'There is application/json and text/csv.');
      }
    });
  };
  serve(
    'scan',
    (pickup) => pickup.scan?.lines ?? [],
    ({ scan }) => ({ scannedAt: scan?.scannedAt, scannedBy: scan?.scannedBy, seal: scan?.seal }),
  );
  serve('receipt', (pickup) => pickup.receipt);
  serve('certificates', (pickup) => pickup.certificates);
  if (options.dispositions) serve('dispositions', (pickup) => pickup.dispositions);

  router.get(
    '/vendor',
    (_request, response) =>
      void response.json({ facility: options.facility, certifications: options.certifications }),
  );
  return router;
}
