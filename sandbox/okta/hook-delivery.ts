/** Event hook deliveries and the one-time verification. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { LogEvent } from './log-event.ts';
import type { OktaOrg } from './org.ts';
import type { EventHook } from './state.ts';

/** Sends an event to a hook that wants it. Only active and verified hooks receive. At least once, in no order. */
export function deliverEvent(org: OktaOrg, hook: EventHook, event: LogEvent): void {
  if (
    hook.status !== 'ACTIVE' ||
    hook.verificationStatus !== 'VERIFIED' ||
    !hook.items.includes(event.eventType)
  )
    return;
  const { context, options } = org;
  const envelope = {
    eventType: 'com.okta.event_hook',
    eventTypeVersion: '1.0',
    cloudEventsVersion: '0.1',
    source: `${context.url}/api/v1/eventHooks/${hook.id}`,
    eventId: randomUUID(),
    data: { events: [event] },
    eventTime: new Date().toISOString(),
    contentType: 'application/json',
  };
  void context.deliver({
    delivery: 'event-hook',
    url: hook.uri,
    headers: () => ({ ...hookHeaders(hook), 'content-type': 'application/json' }),
    body: JSON.stringify(envelope),
    timeoutMs: options.hookTimeoutMs,
    // One retry after a timeout or a server error; a 4xx is final.
    retry: {
      delaysMs: [options.hookRetryMs],
      retries: ({ status }) => status === undefined || status >= 500,
    },
  });
}

/** GET with a challenge that the endpoint must echo as `{"verification": …}`. One retry. */
export async function verifyHook(org: OktaOrg, hook: EventHook): Promise<boolean> {
  const challenge = randomBytes(30).toString('base64url');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const response = await fetch(hook.uri, {
        headers: { ...hookHeaders(hook), 'x-okta-verification-challenge': challenge },
        signal: AbortSignal.timeout(org.options.hookTimeoutMs),
      });
      const body: unknown = await response.json();
      if (
        response.ok &&
        typeof body === 'object' &&
        body !== null &&
        'verification' in body &&
        body.verification === challenge
      )
        return true;
    } catch {
      // Not reachable, too late or not JSON: all of them are a failed attempt.
    }
  }
  return false;
}

function hookHeaders(hook: EventHook): Record<string, string> {
  const headers: Record<string, string> = {
    'user-agent': 'Okta-Integrations',
    accept: 'application/json',
    'x-okta-request-id': randomUUID(),
  };
  for (const { key, value } of hook.headers) headers[key.toLowerCase()] = value;
  if (hook.authScheme !== null) headers[hook.authScheme.key.toLowerCase()] = hook.authScheme.value;
  return headers;
}
