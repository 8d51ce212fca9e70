/** Registers the webhook at Okta, as its administrator would; the receiving program must be up, for Okta verifies it. */
import { SECRETS } from './secrets.ts';

export async function registerOktaHook(oktaUrl: string, receiver: string): Promise<void> {
  const made = await post(`${oktaUrl}/api/v1/eventHooks`, {
    name: 'bench',
    events: { type: 'EVENT_TYPE', items: ['user.lifecycle.deactivate'] },
    channel: {
      type: 'HTTP',
      version: '1.0.0',
      config: {
        uri: `${receiver}/hooks/okta`,
        headers: [],
        authScheme: { type: 'HEADER', key: 'authorization', value: SECRETS.oktaHook },
      },
    },
  });
  await post(`${oktaUrl}/api/v1/eventHooks/${made.id}/lifecycle/verify`, {});
}

async function post(url: string, body: object): Promise<{ readonly id: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `SSWS ${SECRETS.oktaToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok)
    throw new Error(`the webhook was not registered: ${response.status} ${await response.text()}`);
  return (await response.json()) as { readonly id: string };
}
