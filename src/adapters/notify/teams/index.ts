/** Microsoft Teams, by a webhook for each channel: a workflow's, or an incoming webhook of the older kind. */
import type { ConnectorError } from '../../errors.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import { createChannelWebhooks } from '../../clients/channel-webhooks.ts';
import { statusFailure, unexpectedAnswer } from '../../clients/failure.ts';
import type { Call } from '../../clients/failure.ts';
import { codeInError } from '../../clients/http.ts';
import { LONGEST_QUEUE_MS } from '../port.ts';
import type { Notifier } from '../port.ts';
import { toTeamsMessage } from './message.ts';
import type { TeamsSettings } from './settings.ts';

export { TeamsSettings } from './settings.ts';

/** `name` is the connector's name in the configuration: errors carry it. */
export function createTeams(name: string, settings: TeamsSettings, deps: AdapterDeps = {}): Notifier {
  const webhooks = createChannelWebhooks(name, settings, codeInError, deps);
  const at: Call = { connector: name, operation: 'post message', effect: 'write' };
  return {
    addressing: 'channel',
    sendLimitMs: settings.timeLimitMs + LONGEST_QUEUE_MS,
    accepts: (to) => webhooks.has(to),

    async send(message, options) {
      const { status, body } = await webhooks.post(message.to, toTeamsMessage(message), options);
      const failure = failureIn(at, status, body.toString('utf8'));
      if (failure !== null) throw failure;
    },

    // A webhook can only be posted to: there is nothing to ask it.
    probe: () => Promise.resolve({ missing: [] }),
  };
}

/**
 * A workflow answers 202. The older kind answers 200 with `1`, and tells of a failure behind it in the body of a 200: the
 * page on connectors says to look for "HTTP error 429" there.
 */
function failureIn(at: Call, status: number, body: string): ConnectorError | null {
  if (status === 202) return null;
  const behind = /returned HTTP error (\d{3})/u.exec(body)?.[1];
  if (behind !== undefined) return statusFailure(at, Number(behind));
  return body.trim() === '1' || body.trim() === '' ? null : unexpectedAnswer(at, undefined, status);
}
