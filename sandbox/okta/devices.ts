/** `/api/v1/devices` and a user's devices. */
import { Router } from 'express';
import type { Request } from 'express';
import { compileFilter } from '../core/filter.ts';
import { queryText, routeText } from '../core/http.ts';
import { invalid, notFound } from './errors.ts';
import type { DeviceAct, OktaOrg } from './org.ts';
import { readLimit, sendPage } from './paging.ts';
import type { OktaDevice } from './state.ts';
import { routeUser } from './users.ts';
import { deviceEntity, showDevice, showDeviceUsers, showUserDevice } from './views.ts';

const ACTS = ['activate', 'deactivate', 'suspend', 'unsuspend'] as const satisfies readonly DeviceAct[];

export function devicesRouter(org: OktaOrg): Router {
  const router = Router();
  const { state, context } = org;
  const routeDevice = (request: Request): OktaDevice => {
    const id = routeText(request, 'device');
    const device = state.devices.get(id);
    if (device === undefined) throw notFound(id, 'UDDevice');
    return device;
  };

  router.get('/api/v1/devices', (request, response) => {
    const search = queryText(request, 'search');
    const fits = search === undefined ? undefined : compileFilter(search);
    const expand = queryText(request, 'expand');
    sendPage(request, response, {
      url: context.url,
      items: [...state.devices.values()],
      matches: (device) => fits === undefined || fits(showDevice(device, context.url)),
      limit: readLimit(request, 200, 200),
      show: (device) => ({
        ...showDevice(device, context.url),
        ...(expand === 'user' ? { _embedded: { users: showDeviceUsers(device, state, context.url) } } : {}),
      }),
    });
  });
  router.get(
    '/api/v1/devices/:device',
    (request, response) => void response.json(showDevice(routeDevice(request), context.url)),
  );
  router.get(
    '/api/v1/devices/:device/users',
    (request, response) => void response.json(showDeviceUsers(routeDevice(request), state, context.url)),
  );
  router.get('/api/v1/users/:user/devices', (request, response) => {
    const user = routeUser(org, request);
    const linked = state.links.filter(({ userId }) => userId === user.id);
    response.json(
      linked.flatMap((link) => {
        const device = state.devices.get(link.deviceId);
        return device === undefined ? [] : [showUserDevice(link, device, context.url)];
      }),
    );
  });

  for (const act of ACTS) {
    router.post(`/api/v1/devices/:device/lifecycle/${act}`, (request, response) => {
      org.actOnDevice({ by: 'api', request }, routeDevice(request), act);
      response.status(204).end();
    });
  }
  router.delete('/api/v1/devices/:device', (request, response) => {
    const device = routeDevice(request);
    if (device.status !== 'DEACTIVATED')
      throw invalid('device', 'Device must be in the DEACTIVATED status to be deleted');
    state.devices.delete(device.id);
    const actor = { by: 'api', request } as const;
    org.count(actor, 'device.delete', device);
    org.emit(actor, 'device.lifecycle.delete', 'Delete device', [deviceEntity(device)]);
    response.status(204).end();
  });
  return router;
}
