import { z } from 'zod';
import { StandardWebhookSecret } from '../../clients/standard-webhooks.ts';

/** An HR system (or an integration platform in front of one) that sends the published webhook. */
export const WebhookSettings = z.strictObject({
  /** Secrets of the webhook; several while one is being replaced. */
  webhookSecrets: z.array(StandardWebhookSecret).min(1),
  /** Where the state of employees can be read again, if the sender offers it. Without it nothing is ever "unknown to HR". */
  readApi: z.strictObject({ baseUrl: z.url({ protocol: /^https?$/u }), token: z.string().min(1) }).optional(),
  timeLimitMs: z.int().positive().default(20_000),
  requestsPerSecond: z.number().positive().default(5),
  burst: z.int().positive().default(10),
});
export type WebhookSettings = z.infer<typeof WebhookSettings>;
