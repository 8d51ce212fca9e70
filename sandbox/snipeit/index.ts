/**
 * Snipe-IT: the asset inventory, as its API v1 behaves (sources: the project's PHP controllers,
 * transformers and API documentation). Mounted at `/api/v1`; authentication is a bearer token.
 */
import express, { Router } from 'express';
import type { RequestHandler, Response } from 'express';
import { jsonBody } from '../core/http.ts';
import type { Simulator, SimulatorContext } from '../core/simulator.ts';
import { createControl } from './control.ts';
import { licenceRoutes } from './licences.ts';
import { SnipeitOptions } from './options.ts';
import { readRoutes } from './reads.ts';
import { seedStore } from './seed.ts';
import { emptyStore } from './store.ts';
import { throttle, throttled } from './throttle.ts';
import { writeRoutes } from './writes.ts';

/** Makes one simulated installation. */
export function createSnipeit(
  context: SimulatorContext,
  input: Readonly<Record<string, unknown>>,
): Simulator {
  const options = SnipeitOptions.parse(input);
  let state = emptyStore(options.labels, options.customFields);
  const store = () => state;
  const limiter = throttle(options.throttlePerMinute);
  const control = createControl(context, store);

  const api = Router();
  api.use(bearer(options.token), limiter.handler, jsonBody(), express.urlencoded({ extended: true }));
  // Before those of the hardware, whose paths are shorter.
  api.use(licenceRoutes(context, store, options));
  api.use(readRoutes({ store, options, shown: (assets) => control.shown(assets) }));
  api.use(writeRoutes(context, store));

  const router = Router();
  router.use('/api/v1', api);
  router.get(
    '/login',
    (_request, response) => void response.type('html').send('<!doctype html><title>Login</title>'),
  );

  return {
    router,
    control: control.router,
    refuse: {
      rateLimited: (_request, response, seconds) => throttled(response, seconds),
      failed: (_request, response, status) => refused(response, status),
    },
    seed: (company) => seedStore(state, company, context.now()),
    reset() {
      state = emptyStore(options.labels, options.customFields);
      limiter.reset();
      control.reset();
    },
  };
}

/** Without a valid token a client that asks for JSON gets 401; any other is sent to the login page. */
function bearer(token: string): RequestHandler {
  return (request, response, next) => {
    if (request.get('authorization') === `Bearer ${token}`) return next();
    if (request.get('accept')?.includes('json'))
      return void response.status(401).json({ error: 'Unauthorized or unauthenticated.' });
    response.redirect(302, '/login');
  };
}

function refused(response: Response, status: number): void {
  if (status === 404)
    return void response
      .status(404)
      .json({ status: 'error', messages: '404 endpoint not found', payload: null });
  // A body that is no JSON is 422 here, where other frameworks say 400.
  if (status === 400)
    return void response.status(422).json({ status: 'error', messages: 'Invalid JSON', payload: null });
  response.status(status).json({ status: 'error', messages: status, payload: null });
}
