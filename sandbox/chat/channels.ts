/** What both chats have in common: channels that are posted to, each message counted, each channel limited by itself. */
import { Router } from 'express';
import { queryText } from '../core/http.ts';
import { stableId } from '../core/ids.ts';
import { z } from 'zod';

const Name = z.string().regex(/^[a-z0-9-]+$/);

/** Settings of one simulated chat. */
export const ChatOptions = z.strictObject({
  /** Channels that have a webhook; with the secret of each, or the names alone. */
  channels: z.union([z.array(Name), z.record(Name, z.string().min(8))]).default(['ops', 'security']),
  /** Messages that a channel takes in a window before 429; 0 lifts the limit. */
  limit: z.int().min(0).default(0),
  windowSeconds: z.int().min(1).default(1),
});
export type ChatOptions = z.infer<typeof ChatOptions>;

/** One message that a channel took. */
export interface Posted {
  readonly n: number;
  readonly at: string;
  readonly channel: string;
  readonly title: string;
  /** Everything that is shown, a paragraph a line. */
  readonly text: string;
  readonly body: unknown;
}

export class Channels {
  readonly #options: ChatOptions;
  readonly #secrets: ReadonlyMap<string, string>;
  #posted: Posted[] = [];
  #windows = new Map<string, { endsAt: number; used: number }>();

  /** A secret that is not given depends on instance and channel only. */
  constructor(instance: string, options: ChatOptions) {
    this.#options = options;
    const { channels } = options;
    this.#secrets = new Map(
      Array.isArray(channels)
        ? channels.map((name) => [stableId(24, instance, name), name])
        : Object.entries(channels).map(([name, secret]) => [secret, name]),
    );
  }

  /** The channel that a secret opens. */
  named(secret: string): string | undefined {
    return this.#secrets.get(secret);
  }

  addresses(url: (secret: string) => string): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#secrets].map(([secret, name]) => [name, url(secret)]));
  }

  /** Seconds to wait when the channel's window is used up, else 0; the request is counted. */
  throttle(channel: string, now: number): number {
    const { limit, windowSeconds } = this.#options;
    if (limit === 0) return 0;
    const known = this.#windows.get(channel);
    const window =
      known !== undefined && known.endsAt > now ? known : { endsAt: now + windowSeconds * 1000, used: 0 };
    this.#windows.set(channel, window);
    window.used += 1;
    return window.used <= limit ? 0 : Math.max(1, Math.ceil((window.endsAt - now) / 1000));
  }

  post(channel: string, at: Date, title: string, text: string, body: unknown): Posted {
    const posted = { n: this.#posted.length + 1, at: at.toISOString(), channel, title, text, body };
    this.#posted.push(posted);
    return posted;
  }

  /** `GET /messages?channel=` and `GET /webhooks`: what arrived, and where to send it. */
  control(url: (secret: string) => string): Router {
    const router = Router();
    router.get('/messages', (request, response) => {
      const channel = queryText(request, 'channel');
      const messages = this.#posted.filter((one) => channel === undefined || one.channel === channel);
      response.json({ messages });
    });
    router.get('/webhooks', (_request, response) => void response.json({ webhooks: this.addresses(url) }));
    return router;
  }

  clear(): void {
    this.#posted = [];
    this.#windows.clear();
  }
}
