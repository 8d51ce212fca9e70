/** What an administrator or the user does, driven over the control listener under `/instances/<name>`. */
import { Router } from 'express';
import type { ErrorRequestHandler, Request } from 'express';
import { z } from 'zod';
import { routeText } from '../core/http.ts';
import { notFound, OktaError, sendError } from './errors.ts';
import type { OktaOrg } from './org.ts';
import type { OktaUser } from './state.ts';
import { showDevice, showUser, userEntity } from './views.ts';

const UserAct = z.enum(['activate', 'deactivate', 'suspend', 'unsuspend', 'reactivate', 'delete', 'sign-in']);
const DeviceAct = z.enum(['activate', 'deactivate', 'suspend', 'unsuspend']);
const ADMIN = { by: 'admin' } as const;

export function oktaControl(org: OktaOrg): Router {
  const router = Router();
  const { state, context } = org;
  const routeUser = (request: Request): OktaUser => {
    const user = state.userByKey(routeText(request, 'key'));
    if (user === undefined) throw notFound(routeText(request, 'key'), 'User');
    return user;
  };

  router.get('/users/:key', (request, response) => {
    const user = routeUser(request);
    response.json({ ...showUser(user, context.url), sessions: user.sessions });
  });
  router.post('/users/:key/profile', (request, response) => {
    const user = routeUser(request);
    org.updateProfile(ADMIN, user, z.record(z.string(), z.unknown()).parse(request.body));
    response.json(showUser(user, context.url));
  });
  router.post('/users/:key/:act', (request, response) => {
    const user = routeUser(request);
    const act = UserAct.parse(routeText(request, 'act'));
    if (act === 'delete') org.deleteUser(ADMIN, user);
    else if (act === 'sign-in') signIn(org, user);
    else org.actOnUser(ADMIN, user, act);
    response.json(showUser(user, context.url));
  });
  router.post('/devices/:key/:act', (request, response) => {
    const device = state.deviceByKey(routeText(request, 'key'));
    if (device === undefined) throw notFound(routeText(request, 'key'), 'UDDevice');
    org.actOnDevice(ADMIN, device, DeviceAct.parse(routeText(request, 'act')));
    response.json(showDevice(device, context.url));
  });
  router.use(controlErrors);
  return router;
}

/** The user signs in; only an active one can. */
function signIn(org: OktaOrg, user: OktaUser): void {
  if (user.status !== 'ACTIVE') throw new OktaError(401, 'E0000004', 'Authentication failed');
  user.sessions += 1;
  user.lastLogin = org.now();
  org.emit(userEntity(user), 'user.session.start', 'User login to Okta', [userEntity(user)]);
}

const controlErrors: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (error instanceof OktaError) return sendError(response, error);
  next(error);
};
