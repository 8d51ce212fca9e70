/** Settings of an Okta instance. */
import { z } from 'zod';

export const OktaOptions = z.strictObject({
  /** API token that `Authorization: SSWS <token>` must carry. */
  token: z.string().min(1).default('sandbox-okta-token'),
  /** Requests per minute and endpoint family before 429. */
  rateLimit: z.int().min(1).default(600),
  /** How long an asynchronous deactivation (`Prefer: respond-async`) takes, ms. */
  asyncMs: z.int().min(0).default(500),
  /** How long an event hook may take to answer, ms. Okta: 3 seconds. */
  hookTimeoutMs: z.int().min(1).default(3000),
  /** Wait before the one retry of an event hook, ms. Okta does not document it. */
  hookRetryMs: z.int().min(0).default(1000),
});
export type OktaOptions = z.infer<typeof OktaOptions>;
