import { z } from 'zod';
import { Channels } from '../../clients/channel-webhooks.ts';

/** Incoming webhooks of one Slack workspace. */
export const SlackSettings = z.strictObject({
  /** Names of channels, each with the address of its incoming webhook. The addresses are secrets: take them from the environment. */
  channels: Channels,
  timeLimitMs: z.int().positive().default(10_000),
  /** For each channel. Slack takes about one message a second, with short bursts. */
  requestsPerSecond: z.number().positive().default(1),
  burst: z.int().positive().default(1),
});
export type SlackSettings = z.infer<typeof SlackSettings>;
