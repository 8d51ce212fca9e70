/** Webhooks as vendors send them: HR signed by Standard Webhooks, Okta with its static header, one after the other. */
import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { SECRETS } from '../harness/secrets.ts';

export interface Delivery {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const hr = new Webhook(SECRETS.hrHook);

/** Every delivery is a new one. */
export function delivery(number: number): Delivery {
  return number % 2 === 0 ? hrDelivery(number) : oktaDelivery();
}

function hrDelivery(number: number): Delivery {
  const now = new Date();
  const id = `msg_${randomUUID()}`;
  const body = JSON.stringify({
    type: 'leave.scheduled',
    timestamp: now.toISOString(),
    data: {
      externalId: `E-${number}`,
      workEmail: `somebody-${number}@example.com`,
      lastWorkingDay: '2099-12-31',
      timeZone: 'Europe/Berlin',
      country: 'DE',
      manager: { externalId: 'E-0' },
    },
  });
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': hr.sign(id, now, body),
  };
  return { path: '/hooks/hr', headers, body };
}

function oktaDelivery(): Delivery {
  const published = new Date().toISOString();
  const target = {
    id: `00u${randomUUID().replaceAll('-', '').slice(0, 17)}`,
    type: 'User',
    alternateId: 'somebody@example.com',
    displayName: 'Some Body',
  };
  const event = {
    uuid: randomUUID(),
    published,
    eventType: 'user.lifecycle.deactivate',
    version: '0',
    severity: 'INFO',
    displayMessage: 'Deactivate Okta user',
    actor: { id: '00uadmin', type: 'User', alternateId: 'admin@example.com', displayName: 'Admin' },
    outcome: { result: 'SUCCESS' },
    target: [target],
  };
  const body = JSON.stringify({
    eventType: 'com.okta.event_hook',
    eventTypeVersion: '1.0',
    cloudEventsVersion: '0.1',
    source: 'https://example.okta.com/api/v1/eventHooks/who1',
    eventId: randomUUID(),
    eventTime: published,
    contentType: 'application/json',
    data: { events: [event] },
  });
  return {
    path: '/hooks/okta',
    headers: { 'content-type': 'application/json', authorization: SECRETS.oktaHook },
    body,
  };
}
