import { z } from 'zod';

/** One Shippo account. */
export const ShippoSettings = z.strictObject({
  /** Address of the API. */
  baseUrl: z.url({ protocol: /^https?$/u }).default('https://api.goshippo.com'),
  /** API token, `shippo_live_…` or `shippo_test_…`. */
  apiToken: z.string().min(1),
  /** Secrets that webhooks are signed with, newest first; Shippo's support issues them on request. */
  webhookSecrets: z.array(z.string().min(1)).default([]),
  /** Words of your own that the webhook's address ends with (`?token=…`), for accounts without a signing secret. With both, a webhook has to show both; with neither, none is believed. */
  webhookTokens: z.array(z.string().min(16)).default([]),
  /** Returns on labels that are paid for when they are used: USPS, UPS and FedEx in the United States only. Otherwise an ordinary label is bought for the way back, of any carrier. */
  scanBasedReturns: z.boolean().default(true),
  /** Only these carriers' offers are bought, by Shippo's names (`USPS`, `DHL Express`); empty means any. */
  carriers: z.array(z.string().min(1)).default([]),
  /** Only offers in this currency are compared. */
  currency: z.string().length(3).default('USD'),
  /** Outer size of a packed device, centimetres. Shippo offers nothing without one. */
  parcelCm: z
    .strictObject({
      /** Centimetres. */
      length: z.number().positive().default(45),
      /** Centimetres. */
      width: z.number().positive().default(35),
      /** Centimetres. */
      height: z.number().positive().default(12),
    })
    .prefault({}),
  timeLimitMs: z.int().positive().default(30_000),
  /** The vendor limits purchases and tracking to 500 requests a minute. */
  requestsPerSecond: z.number().positive().default(8),
  burst: z.int().positive().default(8),
  /** The vendor limits lists to 50 requests a minute (10 with a test token); each purchase reads one. */
  listsPerMinute: z.number().positive().default(50),
});
export type ShippoSettings = z.infer<typeof ShippoSettings>;
