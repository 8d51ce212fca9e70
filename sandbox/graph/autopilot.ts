/** `/deviceManagement/windowsAutopilotDeviceIdentities`: devices that enrol themselves again after every reset. */
import { Router } from 'express';
import type { Request } from 'express';
import type { CompanyDevice } from '../core/company.ts';
import { queryText, routeText } from '../core/http.ts';
import { stableUuid } from '../core/ids.ts';
import { badRequest, GraphError } from './errors.ts';
import { collection } from './odata.ts';
import type { DeviceBehaviour } from './options.ts';
import type { AutopilotIdentity } from './state.ts';
import type { GraphTenant } from './tenant.ts';

/** Registers a device, as its manufacturer or reseller did when it was bought. */
export function registerAutopilot(
  { context, state }: GraphTenant,
  device: CompanyDevice,
  { lagMs }: DeviceBehaviour,
): void {
  const id = stableUuid(context.name, 'autopilot', device.key);
  state.autopilot.set(id, {
    id,
    key: device.key,
    lagMs,
    fields: {
      id,
      groupTag: '',
      purchaseOrderIdentifier: '',
      serialNumber: device.serial,
      productKey: '',
      manufacturer: device.manufacturer,
      model: device.model,
      enrollmentState: 'enrolled',
      lastContactedDateTime: '0001-01-01T00:00:00Z',
      addressableUserName: '',
      userPrincipalName: '',
      resourceName: '',
      skuNumber: '',
      systemFamily: '',
      azureActiveDirectoryDeviceId: stableUuid(context.name, 'azure-device', device.key),
      managedDeviceId: stableUuid(context.name, 'managed-device', device.key, '0'),
      displayName: '',
    },
  });
}

export function autopilotRouter(tenant: GraphTenant): Router {
  const router = Router();
  const { state, context, options } = tenant;
  const base = '/deviceManagement/windowsAutopilotDeviceIdentities';
  const routeIdentity = (request: Request): AutopilotIdentity => {
    const identity = state.autopilot.get(routeText(request, 'id'));
    if (identity === undefined)
      throw new GraphError(404, 'ResourceNotFound', `The device ${routeText(request, 'id')} was not found.`);
    return identity;
  };

  router.get(base, (request, response) => {
    const filter = queryText(request, '$filter');
    if (filter !== undefined && !/^\s*contains\s*\(\s*serialNumber\s*,/u.test(filter))
      throw badRequest('The filter is not supported on this resource.');
    response.json(
      collection(request, {
        url: context.url,
        context: 'deviceManagement/windowsAutopilotDeviceIdentities',
        items: [...state.autopilot.values()],
        pageSize: options.pageSize,
        filterOn: ({ fields }) => fields,
        show: ({ fields }) => fields,
      }),
    );
  });
  router.get(`${base}/:id`, (request, response) => void response.json(routeIdentity(request).fields));
  router.delete(`${base}/:id`, (request, response) => {
    const identity = routeIdentity(request);
    tenant.count({ by: 'api', request }, 'autopilot.delete', identity, {
      serialNumber: identity.fields.serialNumber,
    });
    context.after(identity.lagMs, () => void state.autopilot.delete(identity.id));
    response.status(204).end();
  });
  return router;
}
