import type { CreateSimulator } from '../../../sandbox/core/simulator.ts';
import type { Posted } from '../../../sandbox/chat/channels.ts';
import type { Notifier } from '../../../src/adapters/notify/port.ts';
import { deserted, startVendor } from '../support/sandbox.ts';
import type { PlantedFault } from '../support/sandbox.ts';
import type { NotifierHarness, Trouble } from './suite.ts';

const FAULTS: Readonly<Record<Trouble, PlantedFault['fault']>> = {
  throttled: { type: 'rate-limit', retryAfterSeconds: 3 },
  refused: { type: 'status', status: 400 },
  'cut-after': { type: 'drop-after-effect' },
  'cut-before': { type: 'drop-before-effect' },
  hangs: { type: 'hold-after-effect' },
};

/** A chat with a channel `ops`; `create` makes the adapter from the addresses of its webhooks. */
export async function chatHarness(
  kind: string,
  simulator: CreateSimulator,
  create: (channels: Readonly<Record<string, string>>) => Notifier,
  options: Readonly<Record<string, unknown>> = {},
): Promise<NotifierHarness> {
  const sandbox = await startVendor(kind, simulator, options);
  const { webhooks } = (await sandbox.look('/webhooks')) as { webhooks: Record<string, string> };
  return {
    notifier: create(webhooks),
    unreachable: create({ ops: `${await deserted()}/services/a/b/c` }),
    to: 'ops',
    unknown: 'elsewhere',
    throttledAs: { status: 429, retryAfterMs: 3_000 },
    async arrived() {
      const { messages } = (await sandbox.look('/messages')) as { messages: Posted[] };
      return messages.map(({ channel, title, text }) => ({ to: channel, title, text }));
    },
    trouble: async (trouble) => void (await sandbox.fault({ fault: FAULTS[trouble], times: 1 })),
    reset: () => sandbox.reset(),
    stop: () => sandbox.stop(),
  };
}
