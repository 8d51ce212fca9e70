/**
 * A disposal (ITAD) vendor. No standard interface exists for this trade, so this is a plain one of our own,
 * described in the README beside this file: bookings and manifests in, scans, receipts and certificates out,
 * as JSON or CSV, with Standard Webhooks. Authentication is a bearer token.
 */
import express, { Router } from 'express';
import type { RequestHandler } from 'express';
import { jsonBody } from '../core/http.ts';
import type { Simulator, SimulatorContext } from '../core/simulator.ts';
import { controlRoutes } from './control.ts';
import { documentRoutes } from './documents.ts';
import { fail } from './errors.ts';
import { ItadOptions } from './options.ts';
import { pickupRoutes } from './pickups.ts';
import { createSender } from './sender.ts';
import { emptyStore } from './store.ts';

/** Makes one simulated vendor. */
export function createItad(context: SimulatorContext, input: Readonly<Record<string, unknown>>): Simulator {
  const options = ItadOptions.parse(input);
  let state = emptyStore();
  let targets = [...options.webhooks];
  const store = () => state;
  const send = createSender(context, options, () => targets);

  const router = Router();
  router.use(bearer(options.token), jsonBody(), express.text({ type: 'text/csv', limit: '10mb' }));
  router.use(pickupRoutes(context, store), documentRoutes(store, options));

  return {
    router,
    control: controlRoutes({ context, store, options, send, addTarget: (target) => targets.push(target) }),
    refuse: {
      rateLimited(_request, response, seconds) {
        response.set('Retry-After', String(seconds));
        fail(response, 429, 'rate_limited', 'Too many requests.');
      },
      failed: (_request, response, status) =>
        fail(response, status, status < 500 ? 'refused' : 'internal', 'The request could not be served.'),
    },
    // The vendor learns of devices only from manifests.
    seed: () => {},
    reset() {
      state = emptyStore();
      targets = [...options.webhooks];
    },
  };
}

function bearer(token: string): RequestHandler {
  return (request, response, next) => {
    if (request.get('authorization') === `Bearer ${token}`) return next();
    fail(response, 401, 'unauthorized', 'A valid bearer token is needed.');
  };
}
