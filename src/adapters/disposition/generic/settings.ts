import { z } from 'zod';
import { StandardWebhookSecret } from '../../clients/standard-webhooks.ts';

/** A disposal vendor that exchanges files and webhooks in the published format. */
export const GenericSettings = z.strictObject({
  baseUrl: z.url({ protocol: /^https?$/u }),
  token: z.string().min(1),
  /** How lists are exchanged, both ways. */
  format: z.enum(['json', 'csv']).default('json'),
  /** Whom the driver asks for: a role or a desk, better than a name. */
  contact: z.string().min(1).default('Returns desk'),
  /** Secrets of the vendor's webhooks; several while one is being replaced. None: no webhook is believed. */
  webhookSecrets: z.array(StandardWebhookSecret).default([]),
  timeLimitMs: z.int().positive().default(30_000),
  requestsPerSecond: z.number().positive().default(5),
  burst: z.int().positive().default(10),
});
export type GenericSettings = z.infer<typeof GenericSettings>;
