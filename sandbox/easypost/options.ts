import { z } from 'zod';

/** Settings of one simulated EasyPost account. */
export const EasypostOptions = z.strictObject({
  /** Sent by clients as the user name of Basic authentication, with an empty password. */
  apiKey: z.string().min(1).default('EZTK-sandbox'),
  mode: z.enum(['test', 'production']).default('test'),
  /** List requests a second before 429 (the vendor's fixed limit on index endpoints); 0 lifts it. */
  indexPerSecond: z.int().min(0).default(5),
  /** Webhooks that exist from the start, and again after a reset. */
  webhooks: z.array(z.strictObject({ url: z.url(), secret: z.string().min(1).optional() })).default([]),
  /** The vendor says that it retries, not how often: waits between attempts, in milliseconds. */
  webhookRetryDelaysMs: z.array(z.int().min(0)).default([1000, 5000, 15_000, 60_000]),
  /** How long the vendor waits for a webhook's answer, in milliseconds. */
  webhookTimeoutMs: z.int().positive().default(7000),
});
export type EasypostOptions = z.infer<typeof EasypostOptions>;
