/** What people do in Apple's console, with a device in hand, or at a shop, under `/instances/<name>`. */
import { Router } from 'express';
import type { ErrorRequestHandler, Request } from 'express';
import { z } from 'zod';
import { routeText } from '../core/http.ts';
import type { SimulatorContext } from '../core/simulator.ts';
import { AppleError, notFound, sendAppleError } from './errors.ts';
import type { AbmOptions } from './options.ts';
import { SERVER } from './state.ts';
import type { OrgDevice, OrgState } from './state.ts';
import type { Tokens } from './token.ts';

const Act = z.enum(['release', 'add', 'assign', 'unassign', 'lock', 'lock-by-manager', 'unlock']);

export function abmControl(
  context: SimulatorContext,
  { clientId, keyId }: AbmOptions,
  { state, tokens }: { readonly state: OrgState; readonly tokens: Tokens },
): Router {
  const router = Router();
  const routeDevice = (request: Request): OrgDevice => {
    const key = routeText(request, 'key');
    const device =
      state.devices.get(key) ?? [...state.devices.values()].find((candidate) => candidate.key === key);
    if (device === undefined) throw notFound(key);
    return device;
  };

  router.get('/credentials', (_request, response) => {
    response.json({ clientId, keyId, privateKey: tokens.privateKey });
  });
  router.get('/devices/:key', (request, response) => void response.json(routeDevice(request)));
  router.post('/devices/:key/:act', (request, response) => {
    const device = routeDevice(request);
    act(device, Act.parse(routeText(request, 'act')), context.now().toISOString());
    response.json(device);
  });
  router.post('/tokens/expire', (_request, response) => {
    tokens.expireAll();
    response.status(204).end();
  });
  router.use(controlErrors);
  return router;
}

function act(device: OrgDevice, what: z.infer<typeof Act>, now: string): void {
  switch (what) {
    case 'release':
      device.releasedAt = now;
      device.server = null;
      return;
    case 'add':
      // A reseller, or Apple Configurator, brings it back. The release stays on the record.
      device.addedAt = new Date(Date.parse(device.releasedAt ?? now) + 1).toISOString();
      return;
    case 'assign':
      device.server = SERVER.id;
      return;
    case 'unassign':
      device.server = null;
      return;
    case 'lock':
      device.lock = 'USER';
      return;
    case 'lock-by-manager':
      device.lock = 'MDM';
      return;
    case 'unlock':
      device.lock = 'NONE';
  }
}

const controlErrors: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (error instanceof AppleError) return sendAppleError(response, error);
  next(error);
};
