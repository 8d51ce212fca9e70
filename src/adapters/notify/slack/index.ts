/** Slack, by the incoming webhook of each channel. */
import type { AdapterDeps } from '../../clients/deps.ts';
import { createChannelWebhooks } from '../../clients/channel-webhooks.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import { LONGEST_QUEUE_MS } from '../port.ts';
import type { Notifier } from '../port.ts';
import { toSlackMessage } from './message.ts';
import type { SlackSettings } from './settings.ts';

export { SlackSettings } from './settings.ts';

/** `name` is the connector's name in the configuration: errors carry it. */
export function createSlack(name: string, settings: SlackSettings, deps: AdapterDeps = {}): Notifier {
  // A failure's body is one word, such as `invalid_payload`.
  const webhooks = createChannelWebhooks(name, settings, (body) => body.toString('utf8').trim(), deps);
  return {
    addressing: 'channel',
    sendLimitMs: settings.timeLimitMs + LONGEST_QUEUE_MS,
    accepts: (to) => webhooks.has(to),

    async send(message, options) {
      const { body, status } = await webhooks.post(message.to, toSlackMessage(message), options);
      if (body.toString('utf8').trim() !== 'ok')
        throw unexpectedAnswer(
          { connector: name, operation: 'post message', effect: 'write' },
          undefined,
          status,
        );
    },

    // A webhook can only be posted to: there is nothing to ask it.
    probe: () => Promise.resolve({ missing: [] }),
  };
}
