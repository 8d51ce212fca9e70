import { Webhook } from 'standardwebhooks';
import type { SimulatorContext } from '../core/simulator.ts';
import type { HrOptions, WebhookTarget } from './options.ts';

/** A message as it went out, kept so that it can be sent again under its id. */
export interface Message {
  readonly id: string;
  /** Name of the delivery: the event's type, or `raw`. */
  readonly delivery: string;
  /** Exact bytes. */
  readonly body: string;
}

/** How a message is signed. Anything but `valid` shows whether a receiver checks. */
export type Signing = 'valid' | 'wrong' | 'missing' | 'stale';

/** Sends messages to every endpoint with Standard Webhooks headers: each attempt is signed with its own time, the id stays. */
export function send(
  context: SimulatorContext,
  options: HrOptions,
  targets: readonly WebhookTarget[],
  message: Message,
  signing: Signing = 'valid',
): void {
  for (const { url, secret } of targets) {
    void context.deliver({
      delivery: message.delivery,
      url,
      headers: () => headersFor(message, secret, context.now(), signing),
      body: message.body,
      timeoutMs: options.webhookTimeoutMs,
      // What a receiver was right to refuse is not sent again.
      retry: { delaysMs: signing === 'valid' ? options.webhookRetryDelaysMs : [], retries: () => true },
    });
  }
}

function headersFor(
  { id, body }: Message,
  secret: string,
  now: Date,
  signing: Signing,
): Record<string, string> {
  const at = signing === 'stale' ? new Date(now.getTime() - 3_600_000) : now;
  const key =
    signing === 'wrong'
      ? `whsec_${Buffer.from('not the secret that was agreed').toString('base64')}`
      : secret;
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    ...(signing !== 'missing' && { 'webhook-signature': new Webhook(key).sign(id, at, body) }),
  };
}
