import { z } from 'zod';

/** How to reach one Microsoft tenant: the part of the settings that all connectors over Microsoft Graph share. */
export const graphConnection = {
  /** The Graph endpoint of the cloud, without a version. The token goes to this origin only. */
  baseUrl: z.url().default('https://graph.microsoft.com'),
  tenantId: z.string().min(1),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  /** OAuth 2.0 token endpoint; left out: that of `tenantId` at login.microsoftonline.com. */
  tokenUrl: z.url().optional(),
  /** Left out: `.default` of `baseUrl`. */
  scope: z.string().min(1).optional(),
  /** Graph's limits differ by resource and tenant size; those of the directory and of Intune are above this. */
  requestsPerSecond: z.number().positive().default(10),
  burst: z.int().min(1).default(20),
  /** Milliseconds for one request, answer included. */
  requestTimeoutMs: z.int().min(1).default(20_000),
} as const;

const GraphConnection = z.object(graphConnection);
export type GraphConnection = z.infer<typeof GraphConnection>;
