/** An authority that says since when a checkpoint existed: RFC 3161. */
import { z } from 'zod';

export const TimestampsSchema = z.strictObject({
  /** Where requests are sent (RFC 3161 over HTTP). */
  url: z.url({ protocol: /^https?$/u }),
  /** PEM file of certificates that vouch for the authority: what it answers is checked against them. Absent: not checked when it comes. */
  caFile: z.string().min(1).optional(),
  /** Bearer token. */
  token: z.string().min(1).optional(),
});

export type TimestampsConfig = z.infer<typeof TimestampsSchema>;
