/**
 * An HR system. It tells of people who join, move, leave and come back with Standard Webhooks, and lets
 * a receiver read the state again. The format is described in the README beside this file.
 */
import { Router } from 'express';
import type { RequestHandler } from 'express';
import { jsonBody } from '../core/http.ts';
import type { Simulator, SimulatorContext } from '../core/simulator.ts';
import { controlRoutes } from './control.ts';
import { seedDirectory } from './directory.ts';
import type { Directory } from './directory.ts';
import { employeeRoutes } from './employees.ts';
import { fail } from './errors.ts';
import { HrOptions } from './options.ts';
import type { Message } from './sender.ts';

/** Makes one simulated HR system. */
export function createHr(context: SimulatorContext, input: Readonly<Record<string, unknown>>): Simulator {
  const options = HrOptions.parse(input);
  const directory: Directory = new Map();
  const messages = new Map<string, Message>();
  let targets = [...options.webhooks];

  const router = Router();
  router.use(bearer(options.token), jsonBody());
  router.use(employeeRoutes(directory, options.pageSize, () => context.now()));

  return {
    router,
    control: controlRoutes({ context, options, directory, targets: () => targets, messages }),
    refuse: {
      rateLimited(_request, response, seconds) {
        response.set('Retry-After', String(seconds));
        fail(response, 429, 'rate_limited', 'Too many requests.');
      },
      failed: (_request, response, status) =>
        fail(response, status, status < 500 ? 'refused' : 'internal', 'The request could not be served.'),
    },
    seed: (company) => seedDirectory(directory, company, context.now()),
    reset() {
      directory.clear();
      messages.clear();
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
