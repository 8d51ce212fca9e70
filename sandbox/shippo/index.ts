/**
 * Shippo: rates, labels, tracking and refunds, as its REST API behaves at version 2018-02-08 (sources: the vendor's
 * documentation pages and its official TypeScript SDK). Authentication is `Authorization: ShippoToken <token>`.
 */
import { Router } from 'express';
import { jsonBody } from '../core/http.ts';
import type { Simulator, SimulatorContext } from '../core/simulator.ts';
import { controlRoutes } from './control.ts';
import { fail, listLimit, notFound, throttled, token } from './http.ts';
import { ShippoOptions } from './options.ts';
import { createPublisher } from './publisher.ts';
import { refundRoutes } from './refunds.ts';
import { shipmentRoutes } from './shipments.ts';
import { emptyStore } from './store.ts';
import { trackRoutes } from './tracks.ts';
import { labelRoutes, transactionRoutes } from './transactions.ts';
import { addWebhook, webhookRoutes } from './webhooks.ts';

/** Makes one simulated account. */
export function createShippo(context: SimulatorContext, input: Readonly<Record<string, unknown>>): Simulator {
  const options = ShippoOptions.parse(input);
  const fresh = () => {
    const empty = emptyStore();
    for (const { url, event } of options.webhooks) addWebhook(empty, url, event, context.now());
    return empty;
  };
  let state = fresh();
  const store = () => state;
  const limiter = listLimit(options.listsPerMinute);
  const publisher = createPublisher(context, store, options);
  const parts = { context, store, options, limit: limiter.handler };

  const api = Router();
  api.use(
    shipmentRoutes(parts),
    transactionRoutes(parts, publisher),
    refundRoutes(parts, publisher),
    trackRoutes(parts),
    webhookRoutes(parts),
  );
  const router = Router();
  router.use(labelRoutes(store));
  router.use(token(options.apiToken), jsonBody(), api);

  return {
    router,
    control: controlRoutes(context, store, publisher),
    refuse: {
      rateLimited: (_request, response) => throttled(response),
      failed(_request, response, status) {
        if (status === 404) return notFound(response);
        fail(response, status, status >= 500 ? 'Internal server error.' : 'The request was refused.');
      },
    },
    // Carriers know of nothing until it is shipped.
    seed() {},
    reset() {
      state = fresh();
      limiter.reset();
    },
  };
}
