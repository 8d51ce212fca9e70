/** Access tokens by a grant that needs nobody: client credentials or a refresh token (OAuth 2.0, RFC 6749 sections 4.4 and 6). */
import { z } from 'zod';
import { ConnectorError } from '../errors.ts';
import type { AdapterDeps } from './deps.ts';
import { retryAfterMs, statusFailure, transportFailure, unexpectedAnswer } from './failure.ts';

const TokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive(),
  refresh_token: z.string().min(1).optional(),
});
const TokenError = z.looseObject({ error: z.string() });

/** A token is renewed this much before its end, but is used for at least half of its life. */
const MARGIN_MS = 5 * 60_000;

/** How a vendor is asked for a token. */
export interface TokenRequest {
  readonly url: string;
  /** Milliseconds for one request, answer included. */
  readonly timeLimitMs: number;
  /** The form that is posted: the grant, the client and how it proves itself. Made anew for every request. */
  form(now: Date): URLSearchParams | Promise<URLSearchParams>;
  /** Told the refresh token that came with an access token, where one did. */
  granted?(refreshToken: string): void;
}

export interface TokenSource {
  /**
   * A token that is good for a while. Concurrent callers share one request; `signal` ends this caller's wait alone.
   * @throws ConnectorError `retryable` when it aborts: nothing was sent that a token is wanted for.
   */
  get(signal?: AbortSignal): Promise<string>;
  /** Forgets this token, which a vendor refused; another one, fetched meanwhile, stays. */
  forget(token: string): void;
}

export function createTokenSource(
  connector: string,
  asked: TokenRequest,
  deps: AdapterDeps = {},
): TokenSource {
  // Asking for a token changes nothing: a failure is that of a read, whatever it was wanted for.
  const call = { connector, operation: 'get token', effect: 'read' } as const;
  const doFetch = deps.fetch ?? fetch;
  const clock = deps.clock ?? (() => new Date());
  let current: { readonly token: string; readonly renewAt: number } | undefined;
  let underway: Promise<string> | undefined;

  async function request(): Promise<string> {
    const form = await asked.form(clock());
    let response: Response;
    let text: string;
    try {
      const signal = AbortSignal.timeout(asked.timeLimitMs);
      response = await doFetch(asked.url, {
        method: 'POST',
        body: form,
        redirect: 'manual',
        signal,
      });
      text = await response.text();
    } catch (cause) {
      throw transportFailure(call, cause);
    }
    const body = parseJson(text);
    if (!response.ok) {
      const delay = retryAfterMs(response.headers.get('retry-after'), clock());
      throw ofTheClient(
        statusFailure(call, response.status, {
          retryAfterMs: delay,
          vendorCode: TokenError.safeParse(body).data?.error,
        }),
      );
    }
    const parsed = TokenAnswer.safeParse(body);
    // The parsed value holds the token, so the error that could show it is not kept.
    if (!parsed.success) throw unexpectedAnswer(call);
    const { expires_in: seconds, refresh_token: refreshToken } = parsed.data;
    if (refreshToken !== undefined) asked.granted?.(refreshToken);
    const life = seconds * 1000;
    current = {
      token: parsed.data.access_token,
      renewAt: clock().getTime() + Math.max(life / 2, life - MARGIN_MS),
    };
    return current.token;
  }

  async function orAborted(token: Promise<string>, signal: AbortSignal): Promise<string> {
    const ended = new AbortController();
    const aborted = new Promise<never>((_resolve, reject) => {
      const giveUp = () => reject(transportFailure(call, signal.reason));
      signal.addEventListener('abort', giveUp, { once: true, signal: ended.signal });
    });
    try {
      return await Promise.race([token, aborted]);
    } finally {
      ended.abort();
    }
  }

  return {
    get(signal) {
      if (signal?.aborted === true) return Promise.reject(transportFailure(call, signal.reason));
      if (current !== undefined && clock().getTime() < current.renewAt) return Promise.resolve(current.token);
      underway ??= request().finally(() => {
        underway = undefined;
      });
      return signal === undefined ? underway : orAborted(underway, signal);
    },
    forget(token) {
      if (current?.token === token) current = undefined;
    },
  };
}

/** "Not found" and "conflict" here are about us, never about what the token is wanted for: whoever asks would take it for that. */
function ofTheClient(failure: ConnectorError): ConnectorError {
  if (failure.code !== 'not-found' && failure.code !== 'conflict') return failure;
  const { connector, operation, status, vendorCode } = failure;
  return new ConnectorError('refused', connector, operation, {
    ...(status === undefined ? {} : { status }),
    ...(vendorCode === undefined ? {} : { vendorCode }),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
