import { z } from 'zod';

/** Settings of one Okta organisation. */
export const OktaSettings = z.strictObject({
  /** `https://<org>.okta.com`. The token goes to this origin only. */
  baseUrl: z.url(),
  /** API token of a service account with the rights to manage users and to read devices and the System Log. */
  apiToken: z.string().min(1),
  /** Okta's limits differ by endpoint and subscription: stay well below the smallest. */
  requestsPerSecond: z.number().positive().default(5),
  burst: z.int().min(1).default(10),
  /** Milliseconds for one request, answer included. */
  requestTimeoutMs: z.int().min(1).default(15_000),
  /** Event hook as registered in Okta; left out: no hook is accepted, and the System Log alone is polled. */
  hook: z
    .strictObject({
      /** The header that Okta was told to send, e.g. `authorization`. */
      headerName: z
        .string()
        .min(1)
        .transform((name) => name.toLowerCase())
        .default('authorization'),
      /** Its value. Okta signs nothing, so this is all that tells a forger apart: make it long and random. */
      secret: z.string().min(16),
    })
    .optional(),
});
export type OktaSettings = z.infer<typeof OktaSettings>;
