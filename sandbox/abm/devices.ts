/** `/v1/orgDevices` and `/v1/mdmServers`. */
import { Router } from 'express';
import type { Request } from 'express';
import { queryText, routeText } from '../core/http.ts';
import type { SimulatorContext } from '../core/simulator.ts';
import { AppleError, notFound } from './errors.ts';
import type { AbmOptions } from './options.ts';
import { showDevice } from './show.ts';
import { isReleased, SERVER } from './state.ts';
import type { OrgDevice, OrgState } from './state.ts';

export function deviceRouter(context: SimulatorContext, options: AbmOptions, state: OrgState): Router {
  const router = Router();
  const isShown = (device: OrgDevice): boolean => options.released === 'shown' || !isReleased(device);
  const routeDevice = (request: Request): OrgDevice => {
    const device = state.devices.get(routeText(request, 'id'));
    if (device === undefined || !isShown(device)) throw notFound(routeText(request, 'id'));
    return device;
  };

  router.get('/orgDevices', (request, response) => {
    const limit = Number(queryText(request, 'limit') ?? options.pageSize);
    if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
      throw new AppleError(400, 'PARAMETER_ERROR.INVALID', 'The limit is not valid.');
    const all = [...state.devices.values()].filter(isShown);
    const start = Number(queryText(request, 'cursor') ?? 0);
    const end = start + limit;
    const next =
      end < all.length ? { next: `${context.url}/v1/orgDevices?cursor=${end}&limit=${limit}` } : {};
    response.json({
      data: all.slice(start, end).map((device) => showDevice(context.url, device)),
      links: { self: `${context.url}/v1/orgDevices`, ...next },
      meta: { paging: { limit, ...(end < all.length ? { nextCursor: String(end) } : {}) } },
    });
  });
  router.get('/orgDevices/:id', (request, response) => {
    response.json({ data: showDevice(context.url, routeDevice(request)) });
  });
  router.get('/orgDevices/:id/relationships/assignedServer', (request, response) => {
    const { server } = routeDevice(request);
    // An unassigned device answers with an empty id.
    response.json({ data: { type: 'mdmServers', id: server ?? '' } });
  });
  router.get('/orgDevices/:id/activationLockStatus', (request, response) => {
    const device = routeDevice(request);
    const { serial, lock } = device;
    if (isReleased(device)) throw notFound(serial);
    response.json({
      data: {
        type: 'activationLockStatus',
        id: serial,
        attributes: { isLocked: lock !== 'NONE', lockType: lock },
      },
    });
  });
  router.get('/mdmServers', (_request, response) => {
    response.json({
      data: [
        { type: 'mdmServers', id: SERVER.id, attributes: { serverName: SERVER.name, serverType: 'MDM' } },
      ],
    });
  });
  return router;
}
