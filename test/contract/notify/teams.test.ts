import { expect, it } from 'vitest';
import { createTeams as createSimulator } from '../../../sandbox/chat/teams.ts';
import { createTeams, TeamsSettings } from '../../../src/adapters/notify/teams/index.ts';
import { toTeamsMessage } from '../../../src/adapters/notify/teams/message.ts';
import { startVendor } from '../support/sandbox.ts';
import { chatHarness } from './chat-harness.ts';
import { describeNotifier } from './suite.ts';

const FAST = { timeLimitMs: 1_000, requestsPerSecond: 500, burst: 500 };

function create(channels: Readonly<Record<string, string>>) {
  return createTeams('chat', TeamsSettings.parse({ channels, ...FAST }));
}

describeNotifier('teams (workflow)', () => chatHarness('teams', createSimulator, create));
describeNotifier('teams (incoming webhook)', () =>
  chatHarness('teams', createSimulator, create, { kind: 'incoming' }),
);

const MESSAGE = { to: 'ops', reference: 'ntf_1', subject: 's', text: 't', html: '', language: 'en' };

it('reads a refusal out of the body of a 200, as the older webhooks tell it', async () => {
  const sandbox = await startVendor('teams', createSimulator, {
    kind: 'incoming',
    limit: 1,
    windowSeconds: 30,
  });
  try {
    const { webhooks } = (await sandbox.look('/webhooks')) as { webhooks: Record<string, string> };
    const notifier = create(webhooks);
    await notifier.send(MESSAGE);
    await expect(notifier.send(MESSAGE)).rejects.toMatchObject({ code: 'retryable', status: 429 });
    await expect(
      notifier.send({ ...MESSAGE, to: 'security', text: 'long\n\n'.repeat(6_000) }),
    ).rejects.toMatchObject({ code: 'refused', status: 413 });
    expect(await sandbox.effects('chat.message')).toHaveLength(1);
  } finally {
    await sandbox.stop();
  }
});

it('a webhook whose signature was taken back is refused as a whole', async () => {
  const sandbox = await startVendor('teams', createSimulator);
  try {
    const { webhooks } = (await sandbox.look('/webhooks')) as { webhooks: Record<string, string> };
    await expect(create({ ops: `${webhooks['ops']}x` }).send(MESSAGE)).rejects.toMatchObject({
      code: 'refused',
      status: 401,
    });
  } finally {
    await sandbox.stop();
  }
});

it('nothing in a text becomes a link or a list', () => {
  const [attachment] = toTeamsMessage({ ...MESSAGE, text: '[a](http://b) *c*\nd' }).attachments;
  expect(attachment?.content.body[1]?.text).toBe('\\[a\\](http://b) \\*c\\*  \nd');
});
