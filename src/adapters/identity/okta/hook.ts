/** Okta event hooks: who sent it, and what it says. */
import { sameSecret } from '../../clients/same-secret.ts';
import type { HookReader, HookVerifier } from '../../webhook.ts';
import { toHint } from './map.ts';
import { OktaHookBody } from './schema.ts';
import type { OktaSettings } from './settings.ts';

/**
 * Okta signs nothing: a delivery is authentic when it carries the static header that was chosen at registration. Okta
 * verifies a new hook once, by a GET whose challenge must come back.
 */
export function createOktaHookVerifier({ hook }: OktaSettings): HookVerifier {
  return ({ method, headers, body }) => {
    if (hook === undefined || !sameSecret(headers[hook.headerName], hook.secret))
      return { kind: 'unauthenticated' };
    if (method === 'POST') return { kind: 'accept', deliveryId: eventIdOf(body), status: 204 };
    const challenge = headers['x-okta-verification-challenge'];
    if (challenge === undefined || challenge === '') return { kind: 'unauthenticated' };
    return {
      kind: 'reply',
      status: 200,
      contentType: 'application/json',
      body: JSON.stringify({ verification: challenge }),
    };
  };
}

/** The hints of a delivery, with the log events' own ids, so that the hook and the poll of one event are one. */
export const readOktaHook: HookReader = (body) => {
  const parsed = OktaHookBody.safeParse(parseJson(body));
  if (!parsed.success) return { kind: 'unparseable', why: 'not an Okta event hook body' };
  const hints = parsed.data.data.events.map(toHint).filter((hint) => hint !== null);
  if (!hints.every((hint) => hint !== 'malformed'))
    return { kind: 'unparseable', why: 'an event names no user' };
  return hints.length === 0 ? { kind: 'ignored' } : { kind: 'hints', hints };
};

function eventIdOf(body: Buffer): string | null {
  const parsed = OktaHookBody.pick({ eventId: true }).safeParse(parseJson(body));
  return parsed.success ? parsed.data.eventId : null;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
