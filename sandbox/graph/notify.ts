/** Change notifications and lifecycle notifications to subscribers. */
import { randomUUID } from 'node:crypto';
import type { RetryRule } from '../core/deliveries.ts';
import type { GraphUser, Subscription, UserChange } from './state.ts';
import type { GraphTenant } from './tenant.ts';

/**
 * Tells every live subscription that covers the user. A subscriber of `users` hears of creation and of soft deletion
 * as `updated`; `deleted` is the end for good. The notification carries the id only: it is a hint to read again.
 */
export function notifyUserChange(tenant: GraphTenant, user: GraphUser, kind: UserChange['kind']): void {
  const changeType = kind === 'purged' ? 'deleted' : 'updated';
  for (const subscription of liveSubscriptions(tenant)) {
    if (!subscription.changeType.includes(changeType) || !covers(subscription, user.id)) continue;
    send(tenant, 'change-notification', subscription.notificationUrl, {
      id: randomUUID(),
      subscriptionId: subscription.id,
      subscriptionExpirationDateTime: subscription.expirationDateTime,
      clientState: subscription.clientState,
      changeType,
      resource: `Users/${user.id}`,
      tenantId: tenant.options.tenantId,
      resourceData: {
        '@odata.type': '#Microsoft.Graph.User',
        '@odata.id': `Users/${user.id}`,
        id: user.id,
        organizationId: tenant.options.tenantId,
        sequenceNumber: tenant.state.sequence,
      },
    });
  }
}

/** `reauthorizationRequired`, the only lifecycle event that subscriptions on users get. */
export function notifyReauthorization(tenant: GraphTenant, subscription: Subscription): void {
  if (subscription.lifecycleNotificationUrl === null) return;
  send(tenant, 'lifecycle-notification', subscription.lifecycleNotificationUrl, {
    subscriptionId: subscription.id,
    subscriptionExpirationDateTime: subscription.expirationDateTime,
    tenantId: tenant.options.tenantId,
    clientState: subscription.clientState,
    lifecycleEvent: 'reauthorizationRequired',
  });
}

/** Those that have not expired; expired ones are forgotten on the way. */
export function liveSubscriptions(tenant: GraphTenant): Subscription[] {
  const { subscriptions } = tenant.state;
  const now = tenant.context.now().getTime();
  for (const { id, expirationDateTime } of subscriptions.values())
    if (Date.parse(expirationDateTime) <= now) subscriptions.delete(id);
  return [...subscriptions.values()];
}

function covers({ resource }: Subscription, userId: string): boolean {
  return resource === 'users' || resource === `users/${userId}`;
}

function send(tenant: GraphTenant, delivery: string, url: string, entry: object): void {
  const { notificationRetryMs, notificationTimeoutMs } = tenant.options;
  // Anything but 2xx in time is tried again.
  const retry: RetryRule = { delaysMs: notificationRetryMs, retries: () => true };
  void tenant.context.deliver({
    delivery,
    url,
    headers: () => ({ 'content-type': 'application/json' }),
    body: JSON.stringify({ value: [entry] }),
    timeoutMs: notificationTimeoutMs,
    retry,
  });
}
