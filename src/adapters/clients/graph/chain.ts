/**
 * The middleware chain of our Graph client. The official default chain sends POSTs again after 429, 503 and 504 (a wipe
 * too), gives the token to Microsoft's own hosts only, and loses `Retry-After`. Ours: authenticate, watch, send once.
 */
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import type { TokenSource } from '../token-source.ts';

/** What a request came to, told by the watching handler, since the client's own errors lose it. */
export interface Outcome {
  /** Whether the request left: before that, even a write may simply be repeated. */
  sent: boolean;
  response?: Response;
  /** What was thrown, in its original form. */
  failure?: unknown;
}

export interface ChainParts {
  readonly tokens: TokenSource;
  /** The caller's: it covers the wait for the token and for the turn, and the request. */
  readonly given: AbortSignal | undefined;
  /** Origin and path that the token may go to, e.g. `https://graph.microsoft.com/v1.0/`. */
  readonly base: string;
  readonly fetch: typeof globalThis.fetch;
  /** Waits for the connector's turn. */
  readonly turn: () => Promise<void>;
  /** For the request alone, which has a time limit of its own too. */
  readonly signal: () => AbortSignal;
  readonly outcome: Outcome;
}

/** Adds the token, for `base` alone. A refused token is forgotten, and a read is asked once more with a new one. */
export class AuthenticationHandler implements Middleware {
  readonly #parts: ChainParts;
  readonly #next: Middleware;

  constructor(parts: ChainParts, next: Middleware) {
    this.#parts = parts;
    this.#next = next;
  }

  async execute(context: Context): Promise<void> {
    const { tokens, base, outcome, given } = this.#parts;
    try {
      if (typeof context.request !== 'string' || !context.request.startsWith(base))
        throw new Error('an address outside of the configured one');
      const token = await tokens.get(given);
      await this.#send(context, token);
      if (context.response?.status !== 401) return;
      tokens.forget(token);
      if (context.options?.method !== 'GET') return;
      await this.#send(context, await tokens.get(given));
    } catch (error) {
      outcome.failure = error;
      throw error;
    }
  }

  async #send(context: Context, token: string): Promise<void> {
    // One `Headers`, so that a second token takes the place of the first.
    const headers = new Headers(context.options?.headers);
    headers.set('authorization', `Bearer ${token}`);
    context.options = { ...context.options, headers: Object.fromEntries(headers) };
    await this.#next.execute(context);
  }
}

/** Waits for the bucket, limits the time, and keeps status and headers. Last but one in the chain. */
export class WatchingHandler implements Middleware {
  readonly #parts: ChainParts;
  readonly #next: Middleware;

  constructor(parts: ChainParts, next: Middleware) {
    this.#parts = parts;
    this.#next = next;
  }

  async execute(context: Context): Promise<void> {
    const { turn, signal, outcome } = this.#parts;
    await turn();
    outcome.sent = true;
    context.options = { ...context.options, redirect: 'manual', signal: signal() };
    await this.#next.execute(context);
    if (context.response !== undefined) outcome.response = context.response;
  }
}

/** Sends the request, once. */
export class SendHandler implements Middleware {
  readonly #fetch: typeof globalThis.fetch;

  constructor({ fetch }: ChainParts) {
    this.#fetch = fetch;
  }

  async execute(context: Context): Promise<void> {
    context.response = await this.#fetch(context.request, context.options);
  }
}
