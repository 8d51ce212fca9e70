import { Webhook } from 'standardwebhooks';
import type { SimulatorContext } from '../core/simulator.ts';
import type { ItadOptions, WebhookTarget } from './options.ts';

/** The webhooks this vendor sends. */
export type ItadEvent =
  | 'pickup.scanned'
  | 'receipt.available'
  | 'certificates.available'
  | 'dispositions.available';

/** Sends webhooks to every endpoint, with Standard Webhooks headers: each attempt is signed with its own time, the id stays. */
export function createSender(
  context: SimulatorContext,
  options: ItadOptions,
  targets: () => readonly WebhookTarget[],
) {
  let sent = 0;
  return (type: ItadEvent, data: object): string => {
    sent += 1;
    const id = `msg_${context.name}_${context.now().getTime().toString(36)}_${sent}`;
    const body = JSON.stringify({ type, timestamp: context.now().toISOString(), data });
    for (const { url, secret } of targets()) {
      const signer = new Webhook(secret);
      void context.deliver({
        delivery: type,
        url,
        headers: () => {
          const now = context.now();
          return {
            'content-type': 'application/json',
            'webhook-id': id,
            'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
            'webhook-signature': signer.sign(id, now, body),
          };
        },
        body,
        timeoutMs: options.webhookTimeoutMs,
        retry: { delaysMs: options.webhookRetryDelaysMs, retries: () => true },
      });
    }
    return id;
  };
}
