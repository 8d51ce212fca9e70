/** Keeps Graph's change notifications coming: one subscription on `users`, renewed at every call. */
import type { GraphClient } from '../../clients/graph/client.ts';
import type { CallOptions } from '../../read-options.ts';
import { Subscription } from './schema.ts';
import type { EntraSettings } from './settings.ts';
import { orNull } from './users.ts';

/**
 * Renews our subscription (which also reauthorises it), or makes it. The lifecycle address can only be given when it is
 * made, so one that has another is not ours. `updated` also tells of creation and of deletion that can be undone.
 */
export async function keepSubscribed(
  graph: GraphClient,
  hook: EntraSettings['hook'],
  now: Date,
  options?: CallOptions,
): Promise<void> {
  if (hook === undefined) return;
  const expirationDateTime = new Date(now.getTime() + hook.subscriptionMinutes * 60_000).toISOString();
  const subscriptions = await graph.all('list subscriptions', '/subscriptions', Subscription, options);
  const ours = subscriptions.find(
    (each) =>
      each.resource.replace(/^\//u, '').toLowerCase() === 'users' &&
      each.notificationUrl === hook.notificationUrl &&
      each.lifecycleNotificationUrl === hook.lifecycleNotificationUrl,
  );
  if (ours !== undefined) {
    const path = `/subscriptions/${encodeURIComponent(ours.id)}`;
    // `null`: it expired between the two requests.
    if (
      (await orNull(graph.write('renew subscription', 'PATCH', path, { expirationDateTime }, options))) !==
      null
    )
      return;
  }
  const { notificationUrl, lifecycleNotificationUrl, clientState } = hook;
  const body = {
    changeType: 'updated,deleted',
    resource: 'users',
    notificationUrl,
    lifecycleNotificationUrl,
    clientState,
    expirationDateTime,
  };
  await graph.write('create subscription', 'POST', '/subscriptions', body, options);
}
