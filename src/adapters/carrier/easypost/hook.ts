/** EasyPost's webhooks: who sent it, and what it says. */
import { createHmac } from 'node:crypto';
import { sameSecret } from '../../clients/same-secret.ts';
import type { HookContent, HookReader, HookVerifier } from '../../webhook.ts';
import { toTracking } from './map.ts';
import { Event, Tracker } from './schema.ts';
import type { EasypostSettings } from './settings.ts';

/**
 * `X-Hmac-Signature: hmac-sha256-hex=<hex>` over the raw bytes, keyed with the secret's NFKD form. The official client's
 * check is not used: it rewrites the body (integer weights) before hashing. The signature holds no time, so a replay is
 * accepted under its event id, which the inbox knows already.
 */
export function createEasypostHookVerifier(settings: EasypostSettings): HookVerifier {
  return (request) => {
    const given = request.headers['x-hmac-signature'];
    const genuine = settings.webhookSecrets.some((secret) =>
      sameSecret(given, signature(secret, request.body)),
    );
    if (request.method !== 'POST' || !genuine) return { kind: 'unauthenticated' };
    return { kind: 'accept', deliveryId: idOf(parsed(request.body)), status: 200 };
  };
}

export const readEasypostHook: HookReader = (body: Buffer): HookContent => {
  const { data: event } = Event.safeParse(parsed(body));
  if (event === undefined) return { kind: 'unparseable', why: 'not an EasyPost event' };
  if (event.description !== 'tracker.updated' && event.description !== 'tracker.created')
    return { kind: 'ignored' };
  const tracker = Tracker.safeParse(event.result);
  if (!tracker.success) return { kind: 'unparseable', why: 'the event holds no tracker as we know it' };
  const tracking = toTracking(tracker.data);
  if (tracking === null) return { kind: 'unparseable', why: 'the tracker has no readable time' };
  return {
    kind: 'tracker',
    trackingCode: tracker.data.tracking_code,
    trackerId: tracker.data.id,
    ...tracking,
  };
};

function signature(secret: string, body: Buffer): string {
  return `hmac-sha256-hex=${createHmac('sha256', secret.normalize('NFKD')).update(body).digest('hex')}`;
}

function idOf(event: unknown): string | null {
  return Event.pick({ id: true }).safeParse(event).data?.id ?? null;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
