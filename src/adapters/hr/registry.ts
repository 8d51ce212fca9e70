/** Every HR adapter by its kind in the configuration. */
import { adapter } from '../registry.ts';
import type { AdapterEntry } from '../registry.ts';
import type { HrSystem } from './port.ts';
import {
  createWebhook,
  createWebhookHookVerifier,
  readWebhookHook,
  WebhookSettings,
} from './webhook/index.ts';

export const HR_SYSTEMS = {
  webhook: adapter({
    settings: WebhookSettings,
    create: createWebhook,
    hooks: { verifier: createWebhookHookVerifier, reader: readWebhookHook },
  }),
} satisfies Readonly<Record<string, AdapterEntry<HrSystem>>>;
