/** Graph change notifications: who sent them, and what they say. */
import { randomUUID } from 'node:crypto';
import { sameSecret } from '../../clients/same-secret.ts';
import type { HookReader, HookVerifier } from '../../webhook.ts';
import { Notifications } from './schema.ts';
import type { EntraSettings } from './settings.ts';

/** Graph's tokens are far shorter; a longer one is somebody else's game. */
const LONGEST_TOKEN = 1024;

/**
 * A new endpoint must answer the validation token as plain text. Notifications carry the subscription's `clientState` in
 * the body and nothing else that proves their sender, so a body that cannot be read is not authenticated.
 */
export function createEntraHookVerifier({ hook }: EntraSettings): HookVerifier {
  return ({ method, query, body }) => {
    if (hook === undefined || method !== 'POST') return { kind: 'unauthenticated' };
    const token = query['validationToken'];
    if (token !== undefined && token !== '' && token.length <= LONGEST_TOKEN) {
      return { kind: 'reply', status: 200, contentType: 'text/plain; charset=utf-8', body: token };
    }
    const notifications = read(body);
    if (notifications === null) return { kind: 'unauthenticated' };
    // All are compared, so that the time does not tell which one differed.
    const known = notifications.map(({ clientState }) =>
      sameSecret(clientState ?? undefined, hook.clientState),
    );
    if (!known.every(Boolean)) return { kind: 'unauthenticated' };
    // Two changes of one user make the same bytes, so every notification is one of its own.
    return { kind: 'accept', deliveryId: randomUUID(), status: 202 };
  };
}

/**
 * A notification names a user and not what changed: a nudge to read the changes. Lifecycle notifications ask for the
 * subscription to be renewed; one that was removed has to be made again, which is the same call.
 */
export const readEntraHook: HookReader = (body) => {
  const notifications = read(body);
  if (notifications === null) return { kind: 'unparseable', why: 'not a Graph notification body' };
  const subscriptionIds = notifications
    .filter(
      ({ lifecycleEvent }) =>
        lifecycleEvent === 'reauthorizationRequired' || lifecycleEvent === 'subscriptionRemoved',
    )
    .map(({ subscriptionId }) => subscriptionId);
  return subscriptionIds.length === 0
    ? { kind: 'nudge' }
    : { kind: 'reauthorize', subscriptionIds: [...new Set(subscriptionIds)] };
};

function read(body: Buffer): Notifications['value'] | null {
  try {
    return Notifications.parse(JSON.parse(body.toString('utf8'))).value;
  } catch {
    return null;
  }
}
