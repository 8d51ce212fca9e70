import { z } from 'zod';

const WebhookOption = z.strictObject({
  /** With a token of the account's own in the query, where it uses one. */
  url: z.url(),
  event: z.enum(['all', 'track_updated', 'transaction_created', 'transaction_updated']).default('all'),
});

/** What an instance can be told. */
export const ShippoOptions = z.strictObject({
  /** The API token; a test token begins with `shippo_test_`. */
  apiToken: z.string().min(1).default('shippo_test_sandbox'),
  /** List requests a minute before 429: 50 live, 10 in test mode, as documented; 0 lifts it. */
  listsPerMinute: z.int().nonnegative().default(50),
  /** Signs webhooks (`Shippo-Auth-Signature`), as the vendor does once its support has issued a secret. */
  hmacSecret: z.string().min(1).optional(),
  webhooks: z.array(WebhookOption).default([]),
  /** The vendor tries twice more; how long it waits is not documented. */
  webhookRetryDelaysMs: z.array(z.int().nonnegative()).default([1000, 5000]),
  /** Three seconds, as documented. */
  webhookTimeoutMs: z.int().positive().default(3000),
  /** How long a request that is worked on later (`async`) takes. */
  settleMs: z.int().nonnegative().default(50),
});
export type ShippoOptions = z.infer<typeof ShippoOptions>;
