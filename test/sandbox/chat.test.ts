import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Posted } from '../../sandbox/chat/channels.ts';
import { createSlack } from '../../sandbox/chat/slack.ts';
import { createTeams } from '../../sandbox/chat/teams.ts';
import { startInstances } from '../../sandbox/core/start.ts';
import type { Sandbox } from '../../sandbox/core/start.ts';
import { controlClient } from '../../sandbox/core/testing.ts';
import type { ControlClient } from '../../sandbox/core/testing.ts';

let sandbox: Sandbox;
let control: ControlClient;

beforeAll(async () => {
  sandbox = await startInstances({
    controlPort: 0,
    simulators: { slack: createSlack, teams: createTeams },
    instances: [
      { kind: 'slack', name: 'slack', limit: 2, windowSeconds: 60 },
      { kind: 'teams', name: 'teams' },
      { kind: 'teams', name: 'older', limit: 1, windowSeconds: 60 },
    ],
  });
  control = controlClient(sandbox.controlUrl);
});
afterAll(() => sandbox.stop());
beforeEach(() => control.post('/reset'));

async function post(instance: string, body: unknown, channel = 'ops') {
  const { webhooks } = await control.get<{ webhooks: Record<string, string> }>(
    `/instances/${instance}/webhooks`,
  );
  const response = await fetch(webhooks[channel] ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
const messages = async (instance: string) =>
  (await control.get<{ messages: Posted[] }>(`/instances/${instance}/messages`)).messages;

describe('Slack', () => {
  const section = { type: 'section', text: { type: 'plain_text', text: 'Body' } };

  test('takes a message into the channel of its webhook, says ok, and counts it', async () => {
    expect(await post('slack', { text: 'Hello', blocks: [section] })).toMatchObject({
      status: 200,
      text: 'ok',
    });
    expect(await messages('slack')).toMatchObject([{ channel: 'ops', title: 'Body' }]);
    const { effects } = await control.get<{ effects: object[] }>('/effects?kind=chat.message');
    expect(effects).toMatchObject([{ instance: 'slack', target: 'ops' }]);
  });

  test.each([
    ['not JSON', '{', 400, 'invalid_payload'],
    ['nothing to say', {}, 400, 'no_text'],
    ['an unknown key', { text: 'x', color: 'red' }, 400, 'invalid_payload'],
    ['a block that is none', { blocks: [{ type: 'table' }] }, 400, 'invalid_blocks'],
    [
      'too long a section',
      { blocks: [{ ...section, text: { type: 'plain_text', text: 'x'.repeat(3_001) } }] },
      400,
      'invalid_blocks',
    ],
    ['too many blocks', { blocks: Array.from({ length: 51 }, () => section) }, 400, 'invalid_payload'],
  ])('refuses %s', async (_what, body, status, text) => {
    expect(await post('slack', body)).toMatchObject({ status, text });
    expect(await messages('slack')).toEqual([]);
  });

  test('limits each channel by itself, and says when to come again', async () => {
    await post('slack', { text: '1' });
    await post('slack', { text: '2' });
    const third = await post('slack', { text: '3' });
    expect([third.status, third.text]).toEqual([429, 'rate_limited']);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await post('slack', { text: '4' }, 'security')).status).toBe(200);
    expect(await messages('slack')).toHaveLength(3);
  });

  test('knows no other webhook', async () => {
    const url = `${sandbox.urls['slack']}/services/T00SANDBOX/B00SANDBOX/guess`;
    const response = await fetch(url, { method: 'POST', body: '{"text":"x"}' });
    expect([response.status, await response.text()]).toEqual([404, 'no_service']);
  });
});

describe('Teams', () => {
  const card = (content: object) => ({
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  });
  const GOOD = { type: 'AdaptiveCard', version: '1.4', body: [{ type: 'TextBlock', text: 'Hello' }] };

  test('takes a card and answers 202 without a body', async () => {
    expect(await post('teams', card(GOOD))).toMatchObject({ status: 202, text: '' });
    expect(await messages('teams')).toMatchObject([{ channel: 'ops', title: 'Hello' }]);
  });

  test.each([
    ['a message card of the old kind', { '@type': 'MessageCard', text: 'x' }],
    ['a card of a version it does not show', card({ ...GOOD, version: '2.0' })],
    ['a card without a body', card({ ...GOOD, body: [] })],
    ['no attachment', { type: 'message', attachments: [] }],
  ])('refuses %s', async (_what, body) => {
    expect((await post('teams', body)).status).toBe(400);
    expect(await messages('teams')).toEqual([]);
  });

  test('refuses more than 28 KB', async () => {
    const body = card({ ...GOOD, body: [{ type: 'TextBlock', text: 'x'.repeat(29_000) }] });
    expect((await post('teams', body)).status).toBe(413);
  });

  test('throttles with 429', async () => {
    await post('older', card(GOOD));
    expect((await post('older', card(GOOD))).status).toBe(429);
    expect(await messages('older')).toHaveLength(1);
  });
});
