import { createHmac } from 'node:crypto';
import type { SimulatorContext } from '../core/simulator.ts';
import type { ShippoOptions } from './options.ts';
import { newId } from './store.ts';
import type { Rate, SentEvent, Store, Track, Transaction } from './store.ts';

/** Tells the account's webhooks what happened. Events have no number of their own. */
export interface Publisher {
  track(track: Track): SentEvent;
  transaction(event: 'transaction_created' | 'transaction_updated', transaction: Transaction): SentEvent;
  /** Sends the same bytes again, as happens where one package was registered twice. */
  redeliver(event: SentEvent): void;
}

export function createPublisher(
  context: SimulatorContext,
  store: () => Store,
  options: ShippoOptions,
): Publisher {
  const send = (event: SentEvent): void => {
    for (const hook of store().webhooks.values()) {
      if (!hook.active || ![event.event, 'all'].includes(hook.event)) continue;
      void context.deliver({
        delivery: event.event,
        url: hook.url,
        headers: () => ({
          'content-type': 'application/json',
          'user-agent': 'Shippo/1.0',
          'shippo-api-version': '2018-02-08',
          ...(options.hmacSecret !== undefined && {
            'shippo-auth-signature': signature(options.hmacSecret, event.body, context.now()),
          }),
        }),
        body: event.body,
        timeoutMs: options.webhookTimeoutMs,
        retry: {
          delaysMs: options.webhookRetryDelaysMs,
          retries: ({ status }) => status === undefined || status === 408 || status === 429 || status >= 500,
        },
      });
    }
  };
  const publish = (name: string, data: object, more: object = {}): SentEvent => {
    const body = JSON.stringify({ event: name, test: true, data, ...more });
    const event = { id: newId(store()), event: name, body };
    store().events.set(event.id, event);
    send(event);
    return event;
  };
  return {
    track: (track) => publish('track_updated', track, { carrier: track.carrier }),
    // Where the API gives the rate's id, webhooks give the rate.
    transaction: (event, transaction) =>
      publish(event, { ...transaction, rate: brief(store().rates.get(transaction.rate)) }),
    redeliver: send,
  };
}

function brief(rate: Rate | undefined): object | null {
  if (rate === undefined) return null;
  const { object_id, amount, currency, provider, carrier_account, servicelevel } = rate;
  return {
    object_id,
    amount,
    amount_local: amount,
    currency,
    currency_local: currency,
    provider,
    carrier_account,
    servicelevel_name: servicelevel.name,
    servicelevel_token: servicelevel.token,
  };
}

/** `t=<seconds>,v1=<hex>`: HMAC-SHA256 over the time, a dot, and the body. */
export function signature(secret: string, body: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`, 'utf8').digest('hex')}`;
}
