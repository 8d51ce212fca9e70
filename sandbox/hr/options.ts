import { z } from 'zod';

/** A webhook endpoint with its Standard Webhooks secret (`whsec_` and base64). */
export const WebhookTarget = z.strictObject({ url: z.url(), secret: z.string().startsWith('whsec_') });
export type WebhookTarget = z.infer<typeof WebhookTarget>;

/** Settings of one simulated HR system. */
export const HrOptions = z.strictObject({
  /** Bearer token of the read API. */
  token: z.string().min(1).default('hr-sandbox-token'),
  /** Endpoints that exist from the start and after a reset. */
  webhooks: z.array(WebhookTarget).default([]),
  /** Waits between attempts, in milliseconds. */
  webhookRetryDelaysMs: z.array(z.int().min(0)).default([1000, 5000, 30_000, 120_000]),
  webhookTimeoutMs: z.int().positive().default(10_000),
  /** Most employees one page holds. */
  pageSize: z.int().positive().default(50),
});
export type HrOptions = z.infer<typeof HrOptions>;
