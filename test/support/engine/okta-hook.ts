/** What an Okta organisation sends when an administrator deactivates somebody: its own System Log event in a hook's body. */
import { randomUUID } from 'node:crypto';
import type { Engine } from './start-engine.ts';

interface LogEvent {
  readonly uuid: string;
  readonly eventType: string;
  readonly target: readonly { readonly id: string }[];
}

/** Deactivates the account and returns the hook's body. */
export async function oktaDeactivation(engine: Engine, key: string): Promise<Buffer> {
  await engine.control.post(`/instances/okta/users/${key}/deactivate`);
  return oktaHookBody(engine, key, 'user.lifecycle.deactivate');
}

/** The hook's body of the latest event of that type about that user. */
export async function oktaHookBody(engine: Engine, key: string, eventType: string): Promise<Buffer> {
  const { id } = await engine.control.get<{ id: string }>(`/instances/okta/users/${key}`);
  const response = await fetch(`${engine.urls['okta']}/api/v1/logs?limit=1000`, {
    headers: { authorization: 'SSWS sandbox-okta-token' },
  });
  const events = (await response.json()) as readonly LogEvent[];
  const event = events.findLast(
    (one) => one.eventType === eventType && one.target.some((target) => target.id === id),
  );
  if (event === undefined) throw new Error(`no ${eventType} of ${key}`);
  const now = new Date().toISOString();
  return Buffer.from(
    JSON.stringify({
      eventType: 'com.okta.event_hook',
      eventTypeVersion: '1.0',
      cloudEventsVersion: '0.1',
      source: `${engine.urls['okta']}/api/v1/eventHooks/who8tsqyrhCdmetzx135`,
      eventId: randomUUID(),
      data: { events: [event] },
      eventTime: now,
      contentType: 'application/json',
    }),
  );
}
