/** Webhooks that post into a channel: a secret address for each, which is all that a sender has. */
import { z } from 'zod';
import { ConnectorError } from '../errors.ts';
import type { CallOptions } from '../read-options.ts';
import type { AdapterDeps } from './deps.ts';
import { createHttpClient } from './http.ts';
import type { HttpAnswer } from './http.ts';
import { TokenBucket } from './token-bucket.ts';
import type { Rate } from './token-bucket.ts';

/** Names of channels with the address of each one's webhook. */
export const Channels = z
  .record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/u), z.url({ protocol: /^https?$/u }))
  .refine((channels) => Object.keys(channels).length > 0, 'at least one channel');

export interface ChannelSettings extends Rate {
  readonly channels: Readonly<Record<string, string>>;
  readonly timeLimitMs: number;
}

export interface ChannelWebhooks {
  has(channel: string): boolean;
  /** Posts once. @throws ConnectorError; `refused` (`UNKNOWN_CHANNEL`) for a channel that is not configured. */
  post(channel: string, json: unknown, options?: CallOptions): Promise<HttpAnswer>;
}

/** `errorCode` finds the vendor's short code in the body of a failure. */
export function createChannelWebhooks(
  connector: string,
  settings: ChannelSettings,
  errorCode: (body: Buffer) => unknown,
  deps: AdapterDeps = {},
): ChannelWebhooks {
  // Vendors count each channel by itself.
  const clients = new Map(
    Object.entries(settings.channels).map(([name, address]) => {
      const { origin, pathname, search } = new URL(address);
      const http = createHttpClient({
        connector,
        baseUrl: origin,
        headers: { accept: '*/*' },
        timeLimitMs: settings.timeLimitMs,
        bucket: new TokenBucket(settings),
        deps,
        errorCode,
      });
      return [name, { http, path: `${pathname}${search}` }];
    }),
  );
  return {
    has: (channel) => clients.has(channel),
    async post(channel, json, options) {
      const client = clients.get(channel);
      if (client === undefined)
        throw new ConnectorError('refused', connector, 'post message', { vendorCode: 'UNKNOWN_CHANNEL' });
      const { http, path } = client;
      return http.send({ operation: 'post message', effect: 'write', method: 'POST', path, json }, options);
    },
  };
}
