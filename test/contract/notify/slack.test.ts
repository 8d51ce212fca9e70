import { expect, it } from 'vitest';
import { createSlack as createSimulator } from '../../../sandbox/chat/slack.ts';
import { createSlack, SlackSettings } from '../../../src/adapters/notify/slack/index.ts';
import { toSlackMessage } from '../../../src/adapters/notify/slack/message.ts';
import { startVendor } from '../support/sandbox.ts';
import { chatHarness } from './chat-harness.ts';
import { describeNotifier } from './suite.ts';

const FAST = { timeLimitMs: 1_000, requestsPerSecond: 500, burst: 500 };

function create(channels: Readonly<Record<string, string>>) {
  return createSlack('chat', SlackSettings.parse({ channels, ...FAST }));
}

describeNotifier('slack', () => chatHarness('slack', createSimulator, create));

const MESSAGE = { to: 'ops', reference: 'ntf_1', subject: 's', text: 't', html: '', language: 'en' };

it('keeps to the limits of blocks, and nothing in a text becomes a mention', () => {
  const body = toSlackMessage({
    ...MESSAGE,
    subject: 'x'.repeat(400),
    text: `<!channel>\n\n${'y'.repeat(9_000)}`,
  });
  expect(body.text).toContain('&lt;!channel&gt;');
  expect(body.blocks[0]?.text.text).toHaveLength(150);
  expect(body.blocks.map(({ text }) => text.type)).toEqual(['plain_text', 'plain_text', 'plain_text']);
  expect(body.blocks[2]?.text.text).toHaveLength(3_000);
});

it('tells a webhook that was taken back from one that is busy, and both from success that is none', async () => {
  const sandbox = await startVendor('slack', createSimulator, { limit: 1, windowSeconds: 30 });
  try {
    const { webhooks } = (await sandbox.look('/webhooks')) as { webhooks: Record<string, string> };
    const notifier = create({ ...webhooks, gone: `${webhooks['ops']}x` });
    await expect(notifier.send({ ...MESSAGE, to: 'gone' })).rejects.toMatchObject({
      code: 'not-found',
      vendorCode: 'no_service',
    });
    await notifier.send(MESSAGE);
    const refusal = await notifier.send(MESSAGE).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'retryable', status: 429 });
    expect((refusal as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(0);
    await notifier.send({ ...MESSAGE, to: 'security' });
    await sandbox.fault({ fault: { type: 'status', status: 200, body: '<html>proxy</html>' }, times: 1 });
    await expect(notifier.send({ ...MESSAGE, to: 'security' })).rejects.toMatchObject({
      code: 'unexpected-answer',
    });
  } finally {
    await sandbox.stop();
  }
});
