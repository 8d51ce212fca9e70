/**
 * Webhooks signed as Standard Webhooks say (https://www.standardwebhooks.com): several senders share the scheme.
 * The official library signs; its `verify` is not used, since it reads the machine's clock and accepts bytes that are not
 * UTF-8 as if they were something else.
 */
import { isUtf8 } from 'node:buffer';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { HookRequest, HookVerifier } from '../webhook.ts';
import { sameSecret } from './same-secret.ts';

/** How far a delivery's time may be from ours, either way, milliseconds: what the scheme recommends. */
const TOLERANCE_MS = 5 * 60 * 1000;

/** A signing secret: `whsec_` and 24 bytes or more in base64, as the scheme demands. */
export const StandardWebhookSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/u, 'whsec_ and base64')
  .refine((secret) => Buffer.from(secret.slice('whsec_'.length), 'base64').length >= 24, 'at least 24 bytes');

/**
 * Accepts a delivery that any of the secrets signed (several while one is being replaced), no older and no newer than five
 * minutes. `deliveryId` is `webhook-id`, which stays the same when the sender tries again.
 */
export function createStandardWebhooksVerifier(secrets: readonly string[]): HookVerifier {
  const signers = secrets.map((secret) => new Webhook(secret));
  return (request, now) => {
    const delivery = request.method === 'POST' ? deliveryOf(request, now) : null;
    if (delivery === null) return { kind: 'unauthenticated' };
    const expected = signers.map((signer) => signer.sign(delivery.id, delivery.at, delivery.text));
    const genuine = delivery.signatures.some((given) => expected.some((each) => sameSecret(given, each)));
    return genuine ? { kind: 'accept', deliveryId: delivery.id, status: 204 } : { kind: 'unauthenticated' };
  };
}

interface Delivery {
  readonly id: string;
  readonly at: Date;
  readonly text: string;
  /** Each with its version: `v1,<base64>`. */
  readonly signatures: readonly string[];
}

function deliveryOf({ headers, body }: HookRequest, now: Date): Delivery | null {
  const id = headers['webhook-id'];
  const seconds = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (id === undefined || seconds === undefined || signatures === undefined) return null;
  // A dot separates what is signed, so an id with one could say two things.
  if (!/^[\w-]{1,128}$/u.test(id) || !/^\d{1,12}$/u.test(seconds) || !isUtf8(body)) return null;
  const at = new Date(Number(seconds) * 1000);
  if (Math.abs(now.getTime() - at.getTime()) > TOLERANCE_MS) return null;
  return { id, at, text: body.toString('utf8'), signatures: signatures.split(' ') };
}
