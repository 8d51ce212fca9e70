/** `/api/v1/users`: reading, creating, profile, lifecycle, deletion. */
import { Router } from 'express';
import type { Request } from 'express';
import { z } from 'zod';
import { compileFilter } from '../core/filter.ts';
import { queryText, routeText } from '../core/http.ts';
import { stableId } from '../core/ids.ts';
import { invalid, notFound } from './errors.ts';
import type { OktaOrg, UserAct } from './org.ts';
import { readLimit, sendPage } from './paging.ts';
import type { OktaUser } from './state.ts';
import { showUser, userEntity } from './views.ts';

const Profile = z.looseObject({
  login: z.string().min(1),
  email: z.string().min(1),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
});
const Body = z.looseObject({ profile: z.record(z.string(), z.unknown()) });
const ACTS = [
  'activate',
  'deactivate',
  'suspend',
  'unsuspend',
  'reactivate',
] as const satisfies readonly UserAct[];

/** The user of the route's `:user` (id or login), or 404. */
export function routeUser(org: OktaOrg, request: Request): OktaUser {
  const id = routeText(request, 'user');
  const user = org.state.user(id);
  if (user === undefined) throw notFound(id, 'User');
  return user;
}

export function usersRouter(org: OktaOrg): Router {
  const router = Router();
  const { state, context } = org;

  router.get('/api/v1/users', (request, response) => {
    const [search, filter, q] = ['search', 'filter', 'q'].map((name) => queryText(request, name));
    const expression = search ?? filter;
    const fits = expression === undefined ? undefined : compileFilter(expression);
    const matches = (user: OktaUser): boolean => {
      if (q !== undefined && !startsWith(user, q)) return false;
      // Without a search or filter, deactivated users are left out.
      return fits === undefined ? user.status !== 'DEPROVISIONED' : fits(showUser(user, context.url));
    };
    const show = (user: OktaUser): object => showUser(user, context.url);
    sendPage(request, response, {
      url: context.url,
      items: [...state.users.values()],
      matches,
      limit: readLimit(request, 200, 200),
      show,
    });
  });

  router.post('/api/v1/users', (request, response) => {
    const body = Body.safeParse(request.body);
    const profile = Profile.safeParse(body.data?.profile);
    if (!profile.success) throw invalid('login', 'login: The field cannot be left blank');
    if (state.user(profile.data.login) !== undefined)
      throw invalid('login', 'login: An object with this field already exists in the current organization');
    const activate = queryText(request, 'activate') !== 'false';
    const now = org.now();
    const id = `00u${stableId(17, context.name, 'user', profile.data.login, now)}`;
    const user: OktaUser = {
      id,
      key: id,
      status: activate ? 'PROVISIONED' : 'STAGED',
      transitioningToStatus: null,
      created: now,
      activated: null,
      statusChanged: activate ? now : null,
      lastLogin: null,
      lastUpdated: now,
      profile: profile.data,
      sessions: 0,
    };
    state.users.set(user.id, user);
    const actor = { by: 'api', request } as const;
    org.count(actor, 'user.create', user, { activate });
    org.emit(actor, 'user.lifecycle.create', 'Create Okta user', [userEntity(user)]);
    response.json(showUser(user, context.url));
  });

  router.get(
    '/api/v1/users/:user',
    (request, response) => void response.json(showUser(routeUser(org, request), context.url)),
  );

  router.post('/api/v1/users/:user', (request, response) => {
    const body = Body.safeParse(request.body);
    if (!body.success) throw invalid('profile', 'profile: The field cannot be left blank');
    const user = routeUser(org, request);
    org.updateProfile({ by: 'api', request }, user, body.data.profile);
    response.json(showUser(user, context.url));
  });

  router.delete('/api/v1/users/:user', (request, response) => {
    org.deleteUser({ by: 'api', request }, routeUser(org, request));
    response.status(204).end();
  });

  for (const act of ACTS) {
    router.post(`/api/v1/users/:user/lifecycle/${act}`, (request, response) => {
      const asynchronous = act === 'deactivate' && request.headers.prefer === 'respond-async';
      org.actOnUser({ by: 'api', request }, routeUser(org, request), act, { asynchronous });
      response.json({});
    });
  }
  return router;
}

/** What `q` asks: the beginning of a first name, last name or email. */
function startsWith({ profile }: OktaUser, q: string): boolean {
  return ['firstName', 'lastName', 'email'].some((name) =>
    String(profile[name]).toLowerCase().startsWith(q.toLowerCase()),
  );
}
