import { z } from 'zod';

/** The site of an instance that names none. */
export const DEFAULT_SITE = { id: '0b7d7e0e-4f3a-4c52-9a57-3f0d1f6c2a10', name: 'Head office' } as const;

/** Settings of one simulated Lansweeper account. */
export const LansweeperOptions = z.strictObject({
  /** The personal access token that requests must carry. */
  token: z.string().min(1).default('lsp_lansweeper-sandbox-token'),
  /** The OAuth application that was let see the sites, and the refresh token of that. */
  clientId: z.string().min(1).default('lansweeper-sandbox-client'),
  clientSecret: z.string().min(1).default('lansweeper-sandbox-secret'),
  refreshToken: z.string().min(1).default('lansweeper-sandbox-refresh-token'),
  /** Where the application sends people back to, with a code. */
  callbackUrl: z.url().default('http://127.0.0.1/callback'),
  /** Seconds that an access token is good for. */
  tokenSeconds: z.int().positive().default(86_400),
  /** Whether a renewal gives another refresh token: none, one beside the first, or one in its place. */
  refreshTokens: z.enum(['stay', 'added', 'replaced']).default('stay'),
  /** The account's sites; the seed goes to the first. One that is not authorized exists, and the token may not see it. */
  sites: z
    .array(z.strictObject({ id: z.uuid(), name: z.string().min(1), authorized: z.boolean().default(true) }))
    .min(1)
    .default([{ ...DEFAULT_SITE, authorized: true }]),
  /** Requests a minute; the vendor's limit is 150. */
  requestsPerMinute: z.int().positive().default(150),
  /** Requests an hour; the vendor's limit is 2,000. */
  requestsPerHour: z.int().positive().default(2000),
  /** Milliseconds without any request after which a client that reached the limit is served again. */
  quietMs: z.int().positive().default(60_000),
});
export type LansweeperOptions = z.infer<typeof LansweeperOptions>;
