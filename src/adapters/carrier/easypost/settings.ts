import { z } from 'zod';

/** One EasyPost account. */
export const EasypostSettings = z.strictObject({
  /** Address of the API, version included. */
  baseUrl: z.url({ protocol: /^https?$/u }).default('https://api.easypost.com/v2'),
  apiKey: z.string().min(1),
  /** Secrets of the account's webhooks, newest first; several while one is being replaced. None: no webhook is believed. */
  webhookSecrets: z.array(z.string().min(1)).default([]),
  /** Only these carriers' offers are bought, by EasyPost's names; empty means any. */
  carriers: z.array(z.string().min(1)).default([]),
  /** Only offers in this currency are compared. */
  currency: z.string().length(3).default('USD'),
  timeLimitMs: z.int().positive().default(30_000),
  /** The vendor limits lists to five requests a second. */
  requestsPerSecond: z.number().positive().default(5),
  burst: z.int().positive().default(5),
});
export type EasypostSettings = z.infer<typeof EasypostSettings>;
