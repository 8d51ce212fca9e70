/** The control listener: what a test or a demo drives the sandbox with. No vendor has these routes. */
import express from 'express';
import type { ErrorRequestHandler, Express } from 'express';
import { z } from 'zod';
import { Company } from './company.ts';
import type { Deliveries } from './deliveries.ts';
import type { EffectLog } from './effects.ts';
import { FaultRequest } from './faults.ts';
import type { Fault, FaultStore } from './faults.ts';
import { jsonBody, queryText, routeText } from './http.ts';
import type { Simulator } from './simulator.ts';

/** One running instance, as the control listener sees it. */
export interface Instance {
  readonly name: string;
  readonly kind: string;
  readonly url: string;
  readonly simulator: Simulator;
}

/** What the control listener works on. */
export interface ControlParts {
  readonly instances: readonly Instance[];
  readonly effects: EffectLog;
  readonly faults: FaultStore;
  readonly deliveries: Deliveries;
  /** Empties everything: state, effects, faults, deliveries, timers. */
  reset(): void;
}

const Release = z
  .strictObject({ as: z.enum(['answer', 'drop']).default('answer') })
  .default({ as: 'answer' });

/** Builds the control application. */
export function createControl(parts: ControlParts): Express {
  const { instances, effects, faults, deliveries } = parts;
  const app = express().disable('x-powered-by').disable('etag').use(jsonBody());

  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get(
    '/',
    (_request, response) =>
      void response.json({ instances: instances.map(({ name, kind, url }) => ({ name, kind, url })) }),
  );

  app.post('/company', (request, response) => {
    const company = Company.parse(request.body);
    for (const { simulator } of instances) simulator.seed(company);
    response.json({ people: company.people.length, devices: company.devices.length });
  });
  app.post('/reset', (_request, response) => {
    parts.reset();
    response.status(204).end();
  });

  app.get('/effects', (request, response) => {
    const [instance, kind, target] = ['instance', 'kind', 'target'].map((name) => queryText(request, name));
    response.json({ effects: effects.list({ instance, kind, target }) });
  });
  app.get(
    '/deliveries',
    (request, response) =>
      void response.json({ deliveries: deliveries.list(queryText(request, 'instance')) }),
  );

  app.post('/faults', (request, response) => {
    const fault = FaultRequest.parse(request.body);
    if (fault.instance !== undefined && !instances.some(({ name }) => name === fault.instance)) {
      response.status(404).json({ error: `no instance is named ${fault.instance}` });
      return;
    }
    response.status(201).json(show(faults.add(fault)));
  });
  app.get('/faults', (_request, response) => void response.json({ faults: faults.list().map(show) }));
  app.delete(
    '/faults/:id',
    (request, response) => void response.status(faults.remove(routeText(request, 'id')) ? 204 : 404).end(),
  );
  app.post('/faults/:id/release', (request, response) => {
    const fault = faults.get(routeText(request, 'id'));
    if (fault === undefined) {
      response.status(404).json({ error: 'no such fault' });
      return;
    }
    response.json({ released: faults.release(fault, Release.parse(request.body).as) });
  });

  for (const { name, simulator } of instances) app.use(`/instances/${name}`, simulator.control);
  app.use(
    (request, response) =>
      void response
        .status(404)
        .json({ error: `the control listener has no ${request.method} ${request.path}` }),
  );
  app.use(controlErrors);
  return app;
}

function show({ id, request, hits, held }: Fault): object {
  return { id, ...request, hits, held: held.size };
}

/** Mistakes of the caller are told apart from ours: 400 with the zod issues, or 500. */
const controlErrors: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  if (error instanceof z.ZodError) {
    response.status(400).json({ error: 'the request does not have the right shape', issues: error.issues });
    return;
  }
  const status = error instanceof SyntaxError ? 400 : 500;
  response.status(status).json({ error: error instanceof Error ? error.message : String(error) });
};
