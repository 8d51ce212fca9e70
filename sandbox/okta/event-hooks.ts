/** `/api/v1/eventHooks`: registration, verification, life cycle. */
import { Router } from 'express';
import type { Request } from 'express';
import { z } from 'zod';
import { routeText } from '../core/http.ts';
import { stableId } from '../core/ids.ts';
import { invalid, notFound } from './errors.ts';
import { verifyHook } from './hook-delivery.ts';
import type { OktaOrg } from './org.ts';
import type { EventHook } from './state.ts';
import { showHook } from './views.ts';

/** System Log knows these, event hooks do not deliver them. */
const NOT_ELIGIBLE = new Set(['user.lifecycle.delete.completed']);
const MAX_ACTIVE = 25;

const Registration = z.looseObject({
  name: z.string().min(1),
  description: z.string().nullable().default(null),
  events: z.looseObject({ type: z.literal('EVENT_TYPE'), items: z.array(z.string()).min(1).max(300) }),
  channel: z.looseObject({
    type: z.literal('HTTP'),
    version: z.string(),
    config: z.looseObject({
      uri: z.url(),
      headers: z.array(z.object({ key: z.string().min(1), value: z.string() })).nullish(),
      authScheme: z
        .object({ type: z.literal('HEADER'), key: z.string().min(1), value: z.string() })
        .nullish(),
    }),
  }),
});

export function eventHooksRouter(org: OktaOrg): Router {
  const router = Router();
  const { state, context } = org;
  let made = 0;
  const routeHook = (request: Request): EventHook => {
    const id = routeText(request, 'hook');
    const hook = state.hooks.get(id);
    if (hook === undefined) throw notFound(id, 'EventHook');
    return hook;
  };
  const read = (
    request: Request,
  ): Pick<EventHook, 'name' | 'description' | 'items' | 'uri' | 'headers' | 'authScheme'> => {
    const parsed = Registration.safeParse(request.body);
    if (!parsed.success)
      throw invalid(
        'eventHook',
        ...parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
      );
    const { name, description, events, channel } = parsed.data;
    const refused = events.items.filter((item) => NOT_ELIGIBLE.has(item));
    if (refused.length > 0)
      throw invalid('events', ...refused.map((item) => `events: ${item} is not eligible for event hooks`));
    const { uri, headers, authScheme } = channel.config;
    return {
      name,
      description,
      items: events.items,
      uri,
      headers: headers ?? [],
      authScheme: authScheme ?? null,
    };
  };

  router.get(
    '/api/v1/eventHooks',
    (_request, response) =>
      void response.json([...state.hooks.values()].map((hook) => showHook(hook, context.url))),
  );
  router.post('/api/v1/eventHooks', (request, response) => {
    const fields = read(request);
    if ([...state.hooks.values()].filter(({ status }) => status === 'ACTIVE').length >= MAX_ACTIVE)
      throw invalid('eventHook', `An organization can have at most ${MAX_ACTIVE} active event hooks`);
    const now = org.now();
    const id = `who${stableId(17, context.name, 'hook', String((made += 1)))}`;
    const hook: EventHook = {
      id,
      ...fields,
      status: 'ACTIVE',
      verificationStatus: 'UNVERIFIED',
      created: now,
      lastUpdated: now,
    };
    state.hooks.set(id, hook);
    org.count(
      { by: 'api', request },
      'event-hook.create',
      { id, key: id },
      { items: hook.items, uri: hook.uri },
    );
    response.json(showHook(hook, context.url));
  });
  router.get(
    '/api/v1/eventHooks/:hook',
    (request, response) => void response.json(showHook(routeHook(request), context.url)),
  );
  router.put('/api/v1/eventHooks/:hook', (request, response) => {
    const hook = routeHook(request);
    const fields = read(request);
    // A hook that points elsewhere has to be verified anew.
    const verificationStatus = fields.uri === hook.uri ? hook.verificationStatus : 'UNVERIFIED';
    Object.assign(hook, fields, { verificationStatus, lastUpdated: org.now() });
    response.json(showHook(hook, context.url));
  });
  router.delete('/api/v1/eventHooks/:hook', (request, response) => {
    const hook = routeHook(request);
    if (hook.status === 'ACTIVE')
      throw invalid('eventHook', 'An active event hook cannot be deleted: deactivate it first');
    state.hooks.delete(hook.id);
    response.status(204).end();
  });

  router.post('/api/v1/eventHooks/:hook/lifecycle/verify', async (request, response) => {
    const hook = routeHook(request);
    if (!(await verifyHook(org, hook)))
      throw invalid('eventHook', `Unable to verify event hook. Hook ${hook.name} execution failed`);
    Object.assign(hook, {
      verificationStatus: 'VERIFIED',
      lastUpdated: org.now(),
    } satisfies Partial<EventHook>);
    response.json(showHook(hook, context.url));
  });
  for (const [act, status] of [
    ['activate', 'ACTIVE'],
    ['deactivate', 'INACTIVE'],
  ] as const) {
    router.post(`/api/v1/eventHooks/:hook/lifecycle/${act}`, (request, response) => {
      const hook = routeHook(request);
      Object.assign(hook, { status, lastUpdated: org.now() } satisfies Partial<EventHook>);
      response.json(showHook(hook, context.url));
    });
  }
  return router;
}
