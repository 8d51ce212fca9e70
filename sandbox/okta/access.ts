/** What a user can still use: sessions, grants, clients and refresh tokens. Okta has no endpoint that lists sessions. */
import { Router } from 'express';
import { queryText, routeText } from '../core/http.ts';
import { notFound } from './errors.ts';
import type { OktaOrg } from './org.ts';
import { readLimit, sendPage } from './paging.ts';
import { routeUser } from './users.ts';
import { showClient, showGrant, showToken, userEntity } from './views.ts';

export function accessRouter(org: OktaOrg): Router {
  const router = Router();
  const { state, context } = org;

  router.delete('/api/v1/users/:user/sessions', (request, response) => {
    const user = routeUser(org, request);
    // By default OAuth tokens live on; remembered factors are forgotten.
    const oauthTokens = queryText(request, 'oauthTokens') === 'true';
    const forgetDevices = queryText(request, 'forgetDevices') !== 'false';
    const tokens = state.tokens.filter(({ userId }) => userId === user.id).length;
    const ended = { sessions: user.sessions, tokens: oauthTokens ? tokens : 0 };
    user.sessions = 0;
    if (oauthTokens) state.tokens = state.tokens.filter(({ userId }) => userId !== user.id);
    const actor = { by: 'api', request } as const;
    org.count(actor, 'user.sessions.revoke', user, { oauthTokens, forgetDevices, ended });
    org.emit(actor, 'user.session.clear', 'Clear user session', [userEntity(user)]);
    response.status(204).end();
  });

  router.get('/api/v1/users/:user/grants', (request, response) => {
    const user = routeUser(org, request);
    const scopeId = queryText(request, 'scopeId');
    sendPage(request, response, {
      url: context.url,
      items: state.grants,
      matches: (grant) => grant.userId === user.id && (scopeId === undefined || grant.scopeId === scopeId),
      limit: readLimit(request, 20, 200),
      show: (grant) => showGrant(grant, context.url),
    });
  });
  router.delete('/api/v1/users/:user/grants', (request, response) => {
    const user = routeUser(org, request);
    const revoked = state.grants.filter(({ userId }) => userId === user.id).map(({ id }) => id);
    state.grants = state.grants.filter(({ userId }) => userId !== user.id);
    org.count({ by: 'api', request }, 'user.grants.revoke', user, { revoked });
    response.status(204).end();
  });
  router.delete('/api/v1/users/:user/grants/:grant', (request, response) => {
    const user = routeUser(org, request);
    const id = routeText(request, 'grant');
    if (!state.grants.some((grant) => grant.id === id && grant.userId === user.id))
      throw notFound(id, 'OAuth2ScopeConsentGrant');
    state.grants = state.grants.filter((grant) => grant.id !== id);
    org.count({ by: 'api', request }, 'user.grants.revoke', user, { revoked: [id] });
    response.status(204).end();
  });

  router.get('/api/v1/users/:user/clients', (request, response) => {
    const user = routeUser(org, request);
    const clients = new Set(
      [...state.grants, ...state.tokens]
        .filter(({ userId }) => userId === user.id)
        .map(({ clientId }) => clientId),
    );
    response.json([...clients].map((clientId) => showClient(clientId, context.url)));
  });
  router.get('/api/v1/users/:user/clients/:client/tokens', (request, response) => {
    const user = routeUser(org, request);
    sendPage(request, response, {
      url: context.url,
      items: state.tokens,
      matches: ({ userId, clientId }) => userId === user.id && clientId === routeText(request, 'client'),
      limit: readLimit(request, 20, 200),
      show: (token) => showToken(token, context.url),
    });
  });
  router.delete('/api/v1/users/:user/clients/:client/tokens', (request, response) => {
    const user = routeUser(org, request);
    const client = routeText(request, 'client');
    const revoked = state.tokens
      .filter(({ userId, clientId }) => userId === user.id && clientId === client)
      .map(({ id }) => id);
    state.tokens = state.tokens.filter(({ id }) => !revoked.includes(id));
    org.count({ by: 'api', request }, 'user.tokens.revoke', user, { client, revoked });
    response.status(204).end();
  });
  return router;
}
