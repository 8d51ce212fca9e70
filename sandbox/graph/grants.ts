/** Delegated permission grants of one user: `/users/{id}/oauth2PermissionGrants` and their deletion. */
import { Router } from 'express';
import { routeText } from '../core/http.ts';
import { userNotFound } from './errors.ts';
import { collection } from './odata.ts';
import type { GraphTenant } from './tenant.ts';

export function grantsRouter(tenant: GraphTenant): Router {
  const router = Router();
  const { state, context, options } = tenant;

  router.get('/users/:user/oauth2PermissionGrants', (request, response) => {
    const user = state.user(routeText(request, 'user'));
    if (user === undefined) throw userNotFound(routeText(request, 'user'));
    response.json(
      collection(request, {
        url: context.url,
        context: 'oauth2PermissionGrants',
        items: [...state.grants.values()].filter(({ principalId }) => principalId === user.id),
        pageSize: options.pageSize,
        filterOn: (grant) => grant,
        show: (grant) => grant,
      }),
    );
  });
  router.delete('/oauth2PermissionGrants/:id', (request, response) => {
    const id = routeText(request, 'id');
    const grant = state.grants.get(id);
    if (grant === undefined) throw userNotFound(id);
    state.grants.delete(id);
    tenant.count({ by: 'api', request }, 'grant.delete', { id, key: id }, { principalId: grant.principalId });
    response.status(204).end();
  });
  return router;
}
