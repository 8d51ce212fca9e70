/**
 * Slack's incoming webhooks. Sources: "Sending messages using incoming webhooks" (success is 200 with the text `ok`; refusals
 * are a short code in plain text), "Rate limits" (one message a second, 429 with Retry-After), the Block Kit reference (50
 * blocks, header 150 characters of plain text, section 3,000).
 */
import express, { Router } from 'express';
import type { Response } from 'express';
import { z } from 'zod';
import { routeText } from '../core/http.ts';
import type { Simulator, SimulatorContext } from '../core/simulator.ts';
import { Channels, ChatOptions } from './channels.ts';

const PlainText = (longest: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(longest),
    emoji: z.boolean().optional(),
  });
const Markup = z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(3_000) });

const Block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: PlainText(150) }),
  z.strictObject({ type: z.literal('section'), text: z.union([PlainText(3_000), Markup]) }),
  z.strictObject({ type: z.literal('divider') }),
]);

const Payload = z.strictObject({
  text: z.string().max(40_000).optional(),
  blocks: z.array(z.unknown()).max(50).optional(),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
  mrkdwn: z.boolean().optional(),
});

export function createSlack(context: SimulatorContext, input: Readonly<Record<string, unknown>>): Simulator {
  const channels = new Channels(context.name, ChatOptions.parse(input));
  const address = (secret: string): string => `${context.url}/services/T00SANDBOX/B00SANDBOX/${secret}`;

  const router = Router();
  router.post(
    '/services/:team/:app/:secret',
    express.text({ type: () => true, limit: '1mb' }),
    (request, response) => {
      const channel = channels.named(routeText(request, 'secret'));
      if (channel === undefined) return say(response, 404, 'no_service');
      const wait = channels.throttle(channel, context.now().getTime());
      if (wait > 0) return rateLimited(response, wait);
      const payload = Payload.safeParse(json(request.body));
      if (!payload.success) return say(response, 400, 'invalid_payload');
      const { text = '', blocks = [] } = payload.data;
      if (text === '' && blocks.length === 0) return say(response, 400, 'no_text');
      const shown = z.array(Block).safeParse(blocks);
      if (!shown.success) return say(response, 400, 'invalid_blocks');
      const lines = shown.data.flatMap((block) => ('text' in block ? [block.text.text] : []));
      const title = lines[0] ?? text.split('\n')[0] ?? '';
      const posted = channels.post(channel, context.now(), title, lines.join('\n') || text, payload.data);
      context.effect(request, { kind: 'chat.message', target: channel, params: { n: posted.n, title } });
      say(response, 200, 'ok');
    },
  );

  return {
    router,
    control: channels.control(address),
    refuse: {
      rateLimited: (_request, response, seconds) => rateLimited(response, seconds),
      failed: (_request, response, status) =>
        say(
          response,
          status,
          status === 404 ? 'no_service' : status < 500 ? 'invalid_payload' : 'rollup_error',
        ),
    },
    seed: () => {},
    reset: () => channels.clear(),
  };
}

function say(response: Response, status: number, word: string): void {
  response.status(status).type('text/plain').send(word);
}

function rateLimited(response: Response, seconds: number): void {
  response.setHeader('Retry-After', String(seconds));
  say(response, 429, 'rate_limited');
}

function json(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    return undefined;
  }
}
