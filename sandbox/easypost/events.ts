import { createHmac } from 'node:crypto';
import type { SimulatorContext } from '../core/simulator.ts';
import type { EasypostOptions } from './options.ts';
import { newObject } from './store.ts';
import type { EasypostEvent, Store, Tracker, Webhook } from './store.ts';

/** Makes events and sends them to every enabled webhook. */
export interface Publisher {
  /** A tracker event with a snapshot of the tracker as it is now; `previous` are the attributes it had before. */
  publish(
    description: 'tracker.created' | 'tracker.updated',
    tracker: Tracker,
    previous: object,
  ): EasypostEvent;
  /** Sends an event again as it was, as the vendor does when it is unsure that the first arrived. */
  redeliver(event: EasypostEvent): void;
}

/** The publisher of one account. */
export function createPublisher(
  context: SimulatorContext,
  store: () => Store,
  options: EasypostOptions,
): Publisher {
  /** The bytes of each event as first sent: a repetition is the same, though the event has moved on since. */
  const bodies = new WeakMap<EasypostEvent, string>();

  const send = (event: EasypostEvent): void => {
    const hooks = [...store().webhooks.values()].filter((hook) => hook.disabled_at === null);
    event.pending_urls = hooks.map(({ url }) => url);
    // Every endpoint gets the same bytes, in which all are still pending.
    const body = bodies.get(event) ?? eventBody(event);
    bodies.set(event, body);
    for (const hook of hooks) void deliver(event, hook, body);
  };

  const deliver = async (event: EasypostEvent, hook: Webhook, body: string): Promise<void> => {
    const target = withoutCredentials(hook.url);
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'EasyPost Webhooks',
      ...Object.fromEntries(hook.custom_headers.map(({ key, value }) => [key, value])),
      ...target.headers,
      ...(hook.secret !== undefined && { 'x-hmac-signature': signature(hook.secret, body) }),
    };
    const { state } = await context.deliver({
      delivery: event.description,
      url: target.url,
      headers: () => headers,
      body,
      timeoutMs: options.webhookTimeoutMs,
      retry: { delaysMs: options.webhookRetryDelaysMs, retries: () => true },
    });
    event.pending_urls = event.pending_urls.filter((url) => url !== hook.url);
    if (state === 'delivered' && !event.completed_urls.includes(hook.url))
      event.completed_urls.push(hook.url);
    if (event.pending_urls.length === 0) event.status = state === 'delivered' ? 'completed' : 'failed';
  };

  return {
    publish(description, tracker, previous) {
      const event: EasypostEvent = {
        ...newObject(store(), 'evt', 'Event', options.mode, context.now()),
        description,
        previous_attributes: previous,
        pending_urls: [],
        completed_urls: [],
        user_id: 'user_sandbox',
        status: 'pending',
        result: structuredClone(tracker),
      };
      store().events.set(event.id, event);
      send(event);
      return event;
    },
    redeliver: send,
  };
}

/** `hmac-sha256-hex=` and the HMAC of the body; the key is the secret's NFKD form. */
export function signature(secret: string, body: string): string {
  return `hmac-sha256-hex=${createHmac('sha256', secret.normalize('NFKD')).update(body, 'utf8').digest('hex')}`;
}

/** The vendor writes weights as floats (`16.0`) and signs those bytes; JSON of JavaScript would say `16`. */
function eventBody(event: EasypostEvent): string {
  return JSON.stringify(event).replaceAll(/("weight":)(\d+)(?=[,}])/g, '$1$2.0');
}

/** Credentials in a webhook's URL are sent as Basic authentication. */
function withoutCredentials(address: string): {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  const url = new URL(address);
  if (url.username === '' && url.password === '') return { url: address, headers: {} };
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return {
    url: url.href,
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
  };
}
