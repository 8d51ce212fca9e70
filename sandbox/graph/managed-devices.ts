/** `/deviceManagement/managedDevices`: Intune's records and remote actions. */
import { Router } from 'express';
import type { Request } from 'express';
import { z } from 'zod';
import { routeText } from '../core/http.ts';
import { send } from './commands.ts';
import { deviceNotFound, GraphError } from './errors.ts';
import { pickFields, showManagedDevice } from './managed-device.ts';
import { collection, readSelect } from './odata.ts';
import { sendOnDelete } from './outcomes.ts';
import type { ManagedDevice } from './state.ts';
import type { GraphTenant } from './tenant.ts';

/** Parameters of wipe: those of the service metadata, and `obliterationBehavior`, which the documentation adds. */
const Wipe = z.strictObject({
  keepEnrollmentData: z.boolean().nullish(),
  keepUserData: z.boolean().nullish(),
  macOsUnlockCode: z.string().nullish(),
  persistEsimDataPlan: z.boolean().nullish(),
  obliterationBehavior: z.enum(['default', 'doNotObliterate', 'obliterateWithWarning', 'always']).nullish(),
});

export function managedDevicesRouter(tenant: GraphTenant): Router {
  const router = Router();
  const { state, context, options } = tenant;
  const base = '/deviceManagement/managedDevices';
  const show = showManagedDevice(options);
  const routeDevice = (request: Request): ManagedDevice => {
    const id = routeText(request, 'id');
    const device = state.managedDevices.get(id);
    if (device === undefined) throw deviceNotFound(id);
    return device;
  };

  router.get(base, (request, response) => {
    const select = readSelect(request);
    const items = [...state.managedDevices.values()];
    response.json(
      collection(request, {
        url: context.url,
        context: 'deviceManagement/managedDevices',
        items,
        pageSize: options.devicePageSize,
        most: 1000,
        filterOn: show,
        show: (device) => (select === undefined ? show(device) : pickFields(device, show(device), select)),
      }),
    );
  });
  router.get(`${base}/:id`, (request, response) => {
    const device = routeDevice(request);
    const select = readSelect(request);
    response.json({
      '@odata.context': `${context.url}/v1.0/$metadata#deviceManagement/managedDevices/$entity`,
      ...(select === undefined ? show(device) : pickFields(device, show(device), select)),
    });
  });
  router.delete(`${base}/:id`, (request, response) => {
    const device = routeDevice(request);
    const actor = { by: 'api', request } as const;
    state.managedDevices.delete(device.id);
    tenant.count(actor, 'managed-device.delete', device, { serialNumber: device.fields.serialNumber });
    sendOnDelete(tenant, actor, device);
    response.status(204).end();
  });

  router.post(`${base}/:id/wipe`, (request, response) => {
    const device = routeDevice(request);
    const params = Wipe.safeParse(request.body ?? {});
    if (!params.success)
      throw new GraphError(
        400,
        'BadRequest',
        `The wipe parameters are not valid: ${params.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`,
      );
    send(tenant, { by: 'api', request }, device, 'wipe', params.data);
    response.status(204).end();
  });
  for (const kind of ['retire', 'remoteLock'] as const) {
    router.post(`${base}/:id/${kind}`, (request, response) => {
      send(tenant, { by: 'api', request }, routeDevice(request), kind, {});
      response.status(204).end();
    });
  }
  router.post(`${base}/:id/bypassActivationLock`, (request, response) => {
    const device = routeDevice(request);
    if (device.fields['isSupervised'] !== true)
      throw new GraphError(400, 'BadRequest', 'The device is not supervised.');
    send(tenant, { by: 'api', request }, device, 'bypassActivationLock', {});
    response.status(204).end();
  });
  return router;
}
