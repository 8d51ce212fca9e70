/**
 * ServiceNow: hardware assets over the Table API, as its documents tell (Table API, inbound REST API rate limiting, asset
 * states and substates, asset record fields). Mounted at `/api/now/table`; basic authentication or OAuth.
 */
import { Router } from 'express';
import { jsonBody } from '../core/http.ts';
import { stableId } from '../core/ids.ts';
import type { Simulator, SimulatorContext } from '../core/simulator.ts';
import { createAccess } from './access.ts';
import { createControl } from './control.ts';
import { noRecord, sendError, throttled } from './errors.ts';
import { ServiceNowOptions } from './options.ts';
import { readRoutes } from './reads.ts';
import { seedStore } from './seed.ts';
import { emptyStore } from './tables.ts';
import { writeRoutes } from './writes.ts';

/** Makes one simulated instance. */
export function createServiceNow(
  context: SimulatorContext,
  input: Readonly<Record<string, unknown>>,
): Simulator {
  const options = ServiceNowOptions.parse(input);
  const id = (...parts: string[]): string => stableId(32, context.name, ...parts).toLowerCase();
  let state = emptyStore(options, id);
  const store = () => state;
  const access = createAccess(options);
  const { expireTokens } = access;
  const control = createControl({ context, options, store, id, expireTokens });

  const table = Router();
  table.use(access.require, access.limit, jsonBody());
  table.use(readRoutes({ store, options, url: () => context.url, shown: (rows) => control.shown(rows) }));
  table.use(writeRoutes(context, store, options));

  const router = Router();
  router.use(access.tokens);
  router.use(['/api/now/table', '/api/now/v2/table'], table);

  return {
    router,
    control: control.router,
    refuse: {
      rateLimited: (_request, response, seconds) =>
        throttled(response, seconds, options.requestsPerHour ?? 1),
      failed(_request, response, status) {
        if (status === 404) return noRecord(response);
        sendError(response, status, status === 403 ? 'Operation Failed' : 'Request failed', '');
      },
    },
    seed: (company) => seedStore({ store: state, options, id, now: context.now() }, company),
    reset() {
      state = emptyStore(options, id);
      access.reset();
      control.reset();
    },
  };
}
