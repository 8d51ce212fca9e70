/** Shippo's webhooks: who sent it, and what it says. */
import { createHmac } from 'node:crypto';
import { sameSecret } from '../../clients/same-secret.ts';
import type { HookContent, HookReader, HookRequest, HookVerifier } from '../../webhook.ts';
import { toWord } from './map.ts';
import { Event, Track } from './schema.ts';
import type { ShippoSettings } from './settings.ts';

/** How far a signature's time may be from ours, either way, milliseconds. What is refused for it is polled. */
const TOLERANCE_MS = 5 * 60 * 1000;

/**
 * Shippo signs nothing by itself. Its support issues a secret on request (`Shippo-Auth-Signature: t=<seconds>,v1=<hex>`, HMAC-SHA256
 * over the time, a dot and the raw bytes); without one, a word of the receiver's own in the address is all there is. What is
 * configured has to be shown, both where both are. Deliveries have no number: the digest of the bytes serves.
 */
export function createShippoHookVerifier(settings: ShippoSettings): HookVerifier {
  const { webhookSecrets: secrets, webhookTokens: tokens } = settings;
  return (request, now) => {
    const genuine =
      request.method === 'POST' &&
      secrets.length + tokens.length > 0 &&
      (secrets.length === 0 || isSigned(request, secrets, now)) &&
      (tokens.length === 0 || tokens.some((token) => sameSecret(request.query['token'], token)));
    return genuine ? { kind: 'accept', deliveryId: null, status: 200 } : { kind: 'unauthenticated' };
  };
}

export const readShippoHook: HookReader = (body: Buffer): HookContent => {
  const { data: event } = Event.safeParse(parsed(body));
  if (event === undefined) return { kind: 'unparseable', why: 'not a Shippo event' };
  if (event.event !== 'track_updated') return { kind: 'ignored' };
  const { data: track } = Track.safeParse(event.data);
  if (track === undefined) return { kind: 'unparseable', why: 'the event holds no package as we know it' };
  const { tracking_status: tracking, tracking_number: trackingCode, transaction, carrier } = track;
  if (tracking === null || tracking === undefined) return { kind: 'ignored' };
  const word = toWord(tracking);
  if (word === null) return { kind: 'unparseable', why: 'the package has no readable time' };
  return { kind: 'tracker', trackingCode, trackerId: transaction ?? `${carrier}/${trackingCode}`, ...word };
};

function isSigned({ headers, body }: HookRequest, secrets: readonly string[], now: Date): boolean {
  const given = /^t=(\d{1,12}),\s*v1=([0-9a-f]{64})$/iu.exec(headers['shippo-auth-signature'] ?? '');
  const [seconds = '', digest = ''] = given?.slice(1) ?? [];
  if (given === null || Math.abs(now.getTime() - Number(seconds) * 1000) > TOLERANCE_MS) return false;
  return secrets.some((secret) =>
    sameSecret(
      digest.toLowerCase(),
      createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex'),
    ),
  );
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
