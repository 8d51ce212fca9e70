/** Registers the engine's webhooks, as each vendor's administrator would. Graph's subscription is the engine's own to make. */
import type { Sandbox } from './sandbox.ts';
import type { Secrets } from './secrets.ts';

const OKTA_EVENTS = [
  'user.lifecycle.deactivate',
  'user.lifecycle.suspend',
  'user.lifecycle.unsuspend',
  'user.lifecycle.activate',
  'user.lifecycle.reactivate',
];

export async function registerHooks(sandbox: Sandbox, secrets: Secrets, engineUrl: string): Promise<void> {
  const to = (connector: string): string => `${engineUrl}/hooks/${connector}`;
  await registerOkta(sandbox, secrets, to('okta'));
  await post(`${sandbox.urls.easypost}/v2/webhooks`, basic(secrets.easypost.key), {
    webhook: { url: to('easypost'), webhook_secret: secrets.easypost.webhook },
  });
  for (const vendor of ['itad', 'hr'] as const) {
    const target = { url: to(vendor), secret: secrets[vendor].webhook };
    await post(`${sandbox.controlUrl}/instances/${vendor}/webhooks`, null, target);
  }
}

/** Registered, then verified: Okta asks the engine to echo a challenge before it sends anything. */
async function registerOkta(sandbox: Sandbox, { okta }: Secrets, uri: string): Promise<void> {
  const authorization = `SSWS ${okta.token}`;
  const hooks = `${sandbox.urls.okta}/api/v1/eventHooks`;
  const made = await post(hooks, authorization, {
    name: 'Handback',
    events: { type: 'EVENT_TYPE', items: OKTA_EVENTS },
    channel: {
      type: 'HTTP',
      version: '1.0.0',
      config: { uri, headers: [], authScheme: { type: 'HEADER', key: 'authorization', value: okta.hook } },
    },
  });
  const id = typeof made === 'object' && made !== null && 'id' in made ? String(made.id) : '';
  await post(`${hooks}/${id}/lifecycle/verify`, authorization, {});
}

function basic(user: string): string {
  return `Basic ${Buffer.from(`${user}:`).toString('base64')}`;
}

async function post(url: string, authorization: string | null, body: object): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`registering a webhook at ${new URL(url).pathname} failed: ${response.status} ${text}`);
  return text === '' ? null : (JSON.parse(text) as unknown);
}
