import { Router } from 'express';
import { routeText } from '../core/http.ts';
import type { SimulatorContext } from '../core/simulator.ts';
import { notFound, required } from './errors.ts';
import { asRecord, asText, pageOf, wrapped } from './lists.ts';
import type { EasypostOptions } from './options.ts';
import { newId, stamp } from './store.ts';
import type { EasypostEvent, Store, Webhook } from './store.ts';

type Mode = EasypostOptions['mode'];

/** Routes for webhook endpoints and for reading events. */
export function webhookRoutes(context: SimulatorContext, store: () => Store, mode: Mode): Router {
  const router = Router();
  router.post('/webhooks', (request, response) => {
    const input = wrapped(request, 'webhook');
    const url = asText(input?.['url']);
    if (url === null || !URL.canParse(url)) return required(response, 'url');
    const hook = addWebhook(
      store(),
      { url, secret: asText(input?.['webhook_secret']) ?? undefined, headers: input?.['custom_headers'] },
      mode,
      context.now(),
    );
    response.status(201).json(shown(hook));
  });
  router.get(
    '/webhooks',
    (_request, response) => void response.json({ webhooks: [...store().webhooks.values()].map(shown) }),
  );
  router.get('/webhooks/:id', (request, response) => {
    const hook = store().webhooks.get(routeText(request, 'id'));
    if (!hook) return notFound(response);
    response.json(shown(hook));
  });
  router.patch('/webhooks/:id', (request, response) => {
    const hook = store().webhooks.get(routeText(request, 'id'));
    if (!hook) return notFound(response);
    const input = wrapped(request, 'webhook') ?? asRecord(request.body) ?? {};
    hook.url = asText(input['url']) ?? hook.url;
    hook.secret = asText(input['webhook_secret']) ?? hook.secret;
    // An update switches a disabled webhook on again.
    hook.disabled_at = null;
    response.json(shown(hook));
  });
  router.delete('/webhooks/:id', (request, response) => {
    if (!store().webhooks.delete(routeText(request, 'id'))) return notFound(response);
    response.json({});
  });

  router.get('/events', (request, response) => {
    const { entries, has_more } = pageOf(request, [...store().events.values()].toReversed());
    response.json({ events: entries.map(withoutResult), has_more });
  });
  router.get('/events/:id', (request, response) => {
    const event = store().events.get(routeText(request, 'id'));
    if (!event) return notFound(response);
    response.json(withoutResult(event));
  });
  return router;
}

/** What a new webhook endpoint is given. */
export interface NewWebhook {
  readonly url: string;
  readonly secret: string | undefined;
  /** As sent: a list of `{key, value}`. */
  readonly headers?: unknown;
}

/** Adds a webhook endpoint. */
export function addWebhook(store: Store, input: NewWebhook, mode: Mode, now: Date): Webhook {
  const custom = Array.isArray(input.headers) ? input.headers.map(asRecord) : [];
  const hook: Webhook = {
    id: newId(store, 'hook'),
    object: 'Webhook',
    mode,
    url: input.url,
    created_at: stamp(now),
    disabled_at: null,
    custom_headers: custom.flatMap((header) => {
      const [key, value] = [asText(header?.['key']), asText(header?.['value'])];
      return key === null || value === null ? [] : [{ key, value }];
    }),
    secret: input.secret,
  };
  store.webhooks.set(hook.id, hook);
  return hook;
}

function shown({ secret: _secret, ...hook }: Webhook): object {
  return hook;
}

/** Read by themselves, events come without the object they are about. */
function withoutResult({ result: _result, ...event }: EasypostEvent): object {
  return event;
}
