import type { Announced } from './disposition/port.ts';
import type { LifecycleHint } from './identity/port.ts';

/** A request to `/hooks/<connector>` as it arrived, before anything parsed it. Header names are lower-case. */
export interface HookRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** The exact bytes that signatures cover. */
  readonly body: Buffer;
  /** `true` for `/hooks/<connector>/lifecycle` (Graph's lifecycle notifications). */
  readonly lifecycle: boolean;
}

/**
 * What the API must do with a hook request.
 * - `reply`: a handshake (Okta's challenge, Graph's validationToken): answer so, store nothing.
 * - `accept`: authenticated: store the raw body, then answer 2xx. `deliveryId` is the sender's own id of this delivery
 *   (webhook-id, Okta eventId), the key of deduplication, or a random one where equal bytes may be two deliveries; `null`
 *   means the digest of the body serves.
 * - `unauthenticated`: 401, and no trace but a counter.
 */
export type HookVerdict =
  | { readonly kind: 'reply'; readonly status: number; readonly contentType: string; readonly body: string }
  | { readonly kind: 'accept'; readonly deliveryId: string | null; readonly status: 200 | 202 | 204 }
  | { readonly kind: 'unauthenticated' };

/**
 * Checks the sender of a webhook. Pure but for the clock, which is given, and a random `deliveryId`. Never throws for what a
 * sender sent.
 */
export type HookVerifier = (request: HookRequest, now: Date) => HookVerdict;

/**
 * What a stored body says. `unparseable` bodies are quarantined and shown, never dropped.
 * - `hints`: lifecycle hints, in the order of the body.
 * - `nudge`: something changed; read the changes (Graph). Coalesced.
 * - `trackers`, `disposition`: see the carrier and disposition ports.
 * - `ignored`: understood, and not about anything we follow.
 */
export type HookContent =
  | { readonly kind: 'hints'; readonly hints: readonly LifecycleHint[] }
  | { readonly kind: 'nudge' }
  | { readonly kind: 'reauthorize'; readonly subscriptionIds: readonly string[] }
  | {
      readonly kind: 'tracker';
      readonly trackingCode: string;
      readonly trackerId: string;
      readonly status: string;
      readonly occurredAt: string;
    }
  | {
      readonly kind: 'disposition';
      readonly pickupId: string;
      readonly what: Announced;
    }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'unparseable'; readonly why: string };

/**
 * Reads a stored body. `deliveryId` is the one under which it was stored (`accept`, or the digest of the body): senders that
 * number deliveries in a header only (webhook-id) have their event id there.
 * Never throws: what cannot be read is `unparseable` with a short reason (no content in it).
 */
export type HookReader = (body: Buffer, deliveryId: string) => HookContent;
