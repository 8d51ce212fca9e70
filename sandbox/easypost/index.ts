/**
 * EasyPost: labels and tracking, as its API v2 behaves (sources: the vendor's documentation pages and
 * its official Node client). Mounted at `/v2`; authentication is Basic with the API key as user name.
 */
import { Router } from 'express';
import type { RequestHandler } from 'express';
import { jsonBody } from '../core/http.ts';
import type { Simulator, SimulatorContext } from '../core/simulator.ts';
import { controlRoutes } from './control.ts';
import { fail, notFound, rateLimited } from './errors.ts';
import { createPublisher } from './events.ts';
import { indexLimit } from './lists.ts';
import { EasypostOptions } from './options.ts';
import { partRoutes } from './parts.ts';
import { labelRoutes, shipmentRoutes } from './shipments.ts';
import { emptyStore } from './store.ts';
import { trackerRoutes } from './trackers.ts';
import { addWebhook, webhookRoutes } from './webhooks.ts';

/** Makes one simulated account. */
export function createEasypost(
  context: SimulatorContext,
  input: Readonly<Record<string, unknown>>,
): Simulator {
  const options = EasypostOptions.parse(input);
  const fresh = () => {
    const empty = emptyStore();
    for (const { url, secret } of options.webhooks)
      addWebhook(empty, { url, secret }, options.mode, context.now());
    return empty;
  };
  let state = fresh();
  const store = () => state;
  const limiter = indexLimit(options.indexPerSecond);
  const publisher = createPublisher(context, store, options);
  const parts = { context, store, options, publisher, limit: limiter.handler };

  const api = Router();
  api.use(basic(options.apiKey), jsonBody());
  api.use(
    partRoutes(context, store, options.mode),
    shipmentRoutes(parts),
    trackerRoutes(parts),
    webhookRoutes(context, store, options.mode),
  );

  const router = Router();
  router.use('/v2', api);
  router.use(labelRoutes(store));

  return {
    router,
    control: controlRoutes(context, store, publisher),
    refuse: {
      rateLimited: (_request, response) => rateLimited(response),
      failed(_request, response, status) {
        if (status === 404) return notFound(response);
        if (status < 500) return fail(response, status, 'BAD_REQUEST', 'The request was not understood.');
        fail(response, status, 'INTERNAL_SERVER_ERROR', 'We were unable to process the request.');
      },
    },
    // Carriers know nothing of a company until something is shipped.
    seed: () => {},
    reset() {
      state = fresh();
      limiter.reset();
    },
  };
}

function basic(apiKey: string): RequestHandler {
  const expected = `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`;
  return (request, response, next) => {
    if (request.get('authorization') === expected) return next();
    fail(response, 401, 'APIKEY.INACTIVE', 'This api key is not active.');
  };
}
