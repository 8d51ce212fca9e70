import { z } from 'zod';
import { Channels } from '../../clients/channel-webhooks.ts';

/** Webhooks of Microsoft Teams: workflows that begin when a webhook request is received, or incoming webhooks of channels. */
export const TeamsSettings = z.strictObject({
  /** Names of channels, each with the address of its webhook. The addresses are secrets: take them from the environment. */
  channels: Channels,
  timeLimitMs: z.int().positive().default(15_000),
  /** For each channel. Microsoft documents 60 requests in 30 seconds and 100 an hour for a channel. */
  requestsPerSecond: z.number().positive().default(1),
  burst: z.int().positive().default(4),
});
export type TeamsSettings = z.infer<typeof TeamsSettings>;
