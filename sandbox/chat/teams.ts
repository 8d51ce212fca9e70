/**
 * Webhooks of Microsoft Teams: a workflow's ("When a Teams webhook request is received", 202 without a body) and an incoming
 * webhook of the older kind (200 with `1`; a failure behind it is told in the body of a 200). Sources: Microsoft's pages
 * "Create and send messages" and "Create an Incoming Webhook" (message with attachments of Adaptive Cards, 28 KB, limits by
 * channel), and of Power Automate on the request trigger. `Retry-After` with a 429 is usual there, and not promised.
 */
import { Router } from 'express';
import type { Response } from 'express';
import { z } from 'zod';
import { jsonBody, queryText, rawBody, routeText } from '../core/http.ts';
import type { Simulator, SimulatorContext } from '../core/simulator.ts';
import { Channels, ChatOptions } from './channels.ts';

const LARGEST = 28 * 1024;

const Options = ChatOptions.extend({
  /** Which kind of webhook the channels have. */
  kind: z.enum(['workflow', 'incoming']).default('workflow'),
});

const Card = z.looseObject({
  type: z.literal('AdaptiveCard'),
  // Teams shows cards up to 1.5.
  version: z.enum(['1.0', '1.1', '1.2', '1.3', '1.4', '1.5']),
  body: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).min(1),
});

const Message = z.strictObject({
  type: z.literal('message'),
  attachments: z
    .array(
      z.strictObject({
        contentType: z.literal('application/vnd.microsoft.card.adaptive'),
        contentUrl: z.null().optional(),
        content: Card,
      }),
    )
    .min(1),
});

export function createTeams(context: SimulatorContext, input: Readonly<Record<string, unknown>>): Simulator {
  const { kind, ...options } = Options.parse(input);
  const channels = new Channels(context.name, options);
  const address = (secret: string): string =>
    kind === 'workflow'
      ? `${context.url}/workflows/5a9db0c0/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=${secret}`
      : `${context.url}/webhookb2/5a9db0c0/IncomingWebhook/${secret}/5a9db0c1`;

  /** Takes a message for a channel, or says what is wrong with it. */
  function take(channel: string, request: Parameters<typeof context.effect>[0], body: unknown): boolean {
    const message = Message.safeParse(body);
    if (!message.success) return false;
    const lines = message.data.attachments.flatMap(({ content }) =>
      content.body.flatMap(({ text }) => (text === undefined ? [] : [text])),
    );
    const [title = ''] = lines;
    const posted = channels.post(channel, context.now(), title, lines.join('\n'), message.data);
    context.effect(request, { kind: 'chat.message', target: channel, params: { n: posted.n, title } });
    return true;
  }

  const router = Router();
  router.use(jsonBody());
  router.post('/workflows/:id/triggers/manual/paths/invoke', (request, response) => {
    const channel = channels.named(queryText(request, 'sig') ?? '');
    if (channel === undefined) return fail(response, 401, 'DirectApiAuthorizationRequired');
    const wait = channels.throttle(channel, context.now().getTime());
    if (wait > 0) return rateLimited(response, wait);
    if (rawBody(request).length > LARGEST) return fail(response, 413, 'RequestEntityTooLarge');
    if (!take(channel, request, request.body)) return fail(response, 400, 'TriggerInputSchemaMismatch');
    response.status(202).end();
  });
  router.post('/webhookb2/:group/IncomingWebhook/:secret/:owner', (request, response) => {
    const channel = channels.named(routeText(request, 'secret'));
    if (channel === undefined) return void response.status(404).end();
    if (channels.throttle(channel, context.now().getTime()) > 0) return behind(response, 429);
    if (rawBody(request).length > LARGEST) return behind(response, 413);
    if (!take(channel, request, request.body))
      return void response
        .status(400)
        .type('text/plain')
        .send('Bad payload received by generic incoming webhook.');
    response.type('text/plain').send('1');
  });

  return {
    router,
    control: channels.control(address),
    refuse: {
      rateLimited: (_request, response, seconds) => rateLimited(response, seconds),
      failed: (_request, response, status) =>
        fail(response, status, status < 500 ? 'BadRequest' : 'InternalServerError'),
    },
    seed: () => {},
    reset: () => channels.clear(),
  };
}

function fail(response: Response, status: number, code: string): void {
  response.status(status).json({ error: { code, message: 'The request was not taken.' } });
}

function rateLimited(response: Response, seconds: number): void {
  response.setHeader('Retry-After', String(seconds));
  fail(response, 429, 'TooManyRequests');
}

function behind(response: Response, status: number): void {
  response
    .type('text/plain')
    .send(
      `Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error ${status}.`,
    );
}
