import { Router } from 'express';
import { routeText } from '../core/http.ts';
import { asRecord, asText, invalid, notFound, pageOf } from './http.ts';
import type { Parts } from './shipments.ts';
import { newObject } from './store.ts';
import type { Store, Webhook } from './store.ts';

/** Routes for webhook endpoints. An address registered twice is told everything twice. */
export function webhookRoutes({ context, store, limit }: Parts): Router {
  const router = Router();
  router.post('/webhooks', (request, response) => {
    const input = asRecord(request.body) ?? {};
    const [url, event] = [asText(input['url']), asText(input['event'])];
    if (url === undefined || !URL.canParse(url) || url.length >= 200) return invalid(response, 'url');
    if (event === undefined) return invalid(response, 'event');
    response.status(201).json(addWebhook(store(), url, event, context.now()));
  });
  router.get('/webhooks', limit, (request, response) => {
    response.json(pageOf(request, context.url, [...store().webhooks.values()]));
  });
  router.get('/webhooks/:id', (request, response) => {
    const hook = store().webhooks.get(routeText(request, 'id'));
    if (!hook) return notFound(response);
    response.json(hook);
  });
  router.put('/webhooks/:id', (request, response) => {
    const hook = store().webhooks.get(routeText(request, 'id'));
    if (!hook) return notFound(response);
    const input = asRecord(request.body) ?? {};
    hook.url = asText(input['url']) ?? hook.url;
    hook.event = asText(input['event']) ?? hook.event;
    hook.active = input['active'] !== false;
    hook.object_updated = context.now().toISOString();
    response.json(hook);
  });
  router.delete('/webhooks/:id', (request, response) => {
    if (!store().webhooks.delete(routeText(request, 'id'))) return notFound(response);
    response.status(204).end();
  });
  return router;
}

export function addWebhook(store: Store, url: string, event: string, now: Date): Webhook {
  const hook: Webhook = { ...newObject(store, now), url, event, active: true, is_test: true };
  store.webhooks.set(hook.object_id, hook);
  return hook;
}
