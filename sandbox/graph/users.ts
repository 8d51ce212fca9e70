/** `/users`, a user's devices, and the recycle bin. */
import { Router } from 'express';
import type { Request } from 'express';
import { z } from 'zod';
import { routeText } from '../core/http.ts';
import { badRequest, userNotFound } from './errors.ts';
import { showManagedDevice } from './managed-device.ts';
import { collection, pick, readSelect } from './odata.ts';
import type { GraphUser } from './state.ts';
import type { GraphTenant } from './tenant.ts';

/** What Graph shows without `$select`. */
export const DEFAULT_FIELDS = [
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
  'id',
] as const;

const Changes = z.record(z.string(), z.unknown());

export function usersRouter(tenant: GraphTenant): Router {
  const router = Router();
  const { state, context, options } = tenant;
  // The base URL is known only once the instance listens.
  const metadata = (): string => `${context.url}/v1.0/$metadata`;
  const routeUser = (request: Request): GraphUser => {
    const id = routeText(request, 'user');
    const user = state.user(id);
    if (user === undefined) throw userNotFound(id);
    return user;
  };
  const routeDeleted = (request: Request): GraphUser => {
    const user = state.users.get(routeText(request, 'id'));
    if (user === undefined || user.deletedDateTime === null) throw userNotFound(routeText(request, 'id'));
    return user;
  };

  router.get('/users', (request, response) => {
    const items = [...state.users.values()].filter(({ deletedDateTime }) => deletedDateTime === null);
    const select = readSelect(request) ?? DEFAULT_FIELDS;
    response.json(
      collection(request, {
        url: context.url,
        context: 'users',
        items,
        pageSize: options.pageSize,
        filterOn: ({ fields }) => fields,
        show: ({ fields }) => pick(fields, select),
      }),
    );
  });
  router.get('/users/:user', (request, response) => {
    const user = routeUser(request);
    response.json({
      '@odata.context': `${metadata()}#users/$entity`,
      ...pick(user.fields, readSelect(request) ?? DEFAULT_FIELDS),
    });
  });
  router.get('/users/:user/manager', (request, response) => {
    const manager = state.user(routeUser(request).managerId ?? '');
    if (manager === undefined) throw userNotFound('manager');
    response.json({
      '@odata.context': `${metadata()}#directoryObjects/$entity`,
      '@odata.type': '#microsoft.graph.user',
      ...pick(manager.fields, readSelect(request) ?? DEFAULT_FIELDS),
    });
  });
  router.patch('/users/:user', (request, response) => {
    const body = Changes.safeParse(request.body);
    if (!body.success || Object.keys(body.data).length === 0)
      throw badRequest('The request body must contain the properties to change.');
    tenant.updateUser({ by: 'api', request }, routeUser(request), body.data);
    response.status(204).end();
  });
  router.delete('/users/:user', (request, response) => {
    tenant.softDelete({ by: 'api', request }, routeUser(request));
    response.status(204).end();
  });
  router.post(
    ['/users/:user/revokeSignInSessions', '/users/:user/microsoft.graph.revokeSignInSessions'],
    (request, response) => {
      tenant.revokeSessions({ by: 'api', request }, routeUser(request));
      response.json({ '@odata.context': `${metadata()}#Edm.Boolean`, value: true });
    },
  );

  router.get('/users/:user/managedDevices', (request, response) => {
    const user = routeUser(request);
    const items = [...state.managedDevices.values()].filter(({ fields }) => fields.userId === user.id);
    const select = readSelect(request);
    const show = showManagedDevice(options);
    response.json(
      collection(request, {
        url: context.url,
        context: `users('${user.id}')/managedDevices`,
        items,
        pageSize: options.pageSize,
        filterOn: show,
        show: (device) => (select === undefined ? show(device) : pick(show(device), select)),
      }),
    );
  });
  for (const relation of ['ownedDevices', 'registeredDevices'] as const) {
    router.get(`/users/:user/${relation}`, (request, response) => {
      const user = routeUser(request);
      const items = [...state.directoryDevices.values()]
        .filter(({ ownerId }) => ownerId === user.id)
        .map(({ fields }) => fields);
      const select = readSelect(request);
      response.json(
        collection(request, {
          url: context.url,
          context: 'directoryObjects',
          items,
          pageSize: options.pageSize,
          filterOn: (fields) => fields,
          show: (fields) => ({
            '@odata.type': '#microsoft.graph.device',
            ...(select === undefined ? fields : pick(fields, select)),
          }),
        }),
      );
    });
  }

  router.get('/directory/deletedItems/microsoft.graph.user', (request, response) => {
    const select = readSelect(request) ?? [...DEFAULT_FIELDS, 'deletedDateTime'];
    const items = [...state.users.values()].filter(({ deletedDateTime }) => deletedDateTime !== null);
    const fieldsOf = ({ fields, deletedDateTime }: GraphUser): object => ({ ...fields, deletedDateTime });
    response.json(
      collection(request, {
        url: context.url,
        context: 'users',
        items,
        pageSize: options.pageSize,
        filterOn: fieldsOf,
        show: (user) => pick({ ...fieldsOf(user) }, select),
      }),
    );
  });
  router.get('/directory/deletedItems/:id', (request, response) => {
    const user = routeDeleted(request);
    const select = readSelect(request) ?? [...DEFAULT_FIELDS, 'deletedDateTime'];
    response.json({
      '@odata.context': `${metadata()}#directoryObjects/$entity`,
      '@odata.type': '#microsoft.graph.user',
      ...pick({ ...user.fields, deletedDateTime: user.deletedDateTime }, select),
    });
  });
  router.post('/directory/deletedItems/:id/restore', (request, response) => {
    const user = routeDeleted(request);
    tenant.restore({ by: 'api', request }, user);
    response.json({
      '@odata.context': `${metadata()}#directoryObjects/$entity`,
      '@odata.type': '#microsoft.graph.user',
      ...pick(user.fields, DEFAULT_FIELDS),
    });
  });
  router.delete('/directory/deletedItems/:id', (request, response) => {
    tenant.purge({ by: 'api', request }, routeDeleted(request));
    response.status(204).end();
  });
  return router;
}
