/** How a failed request is read, the same for every vendor: the closed codes of `ConnectorError` by what surely happened. */
import { ConnectorError } from '../../errors.ts';
import type { ConnectorErrorCode } from '../../errors.ts';

/** Whether the request changes something at the vendor: decides what a lost answer means. */
export type Effect = 'read' | 'write';

/** Where an error arose: named in every `ConnectorError`. */
export interface Operation {
  readonly connector: string;
  readonly operation: string;
  readonly effect: Effect;
}

/** Network errors before the first byte was sent: the vendor certainly did nothing. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** The code of an answer that is not a success. */
export function codeOfStatus(status: number, effect: Effect): ConnectorErrorCode {
  if (status === 429) return 'retryable';
  if (status >= 500) return effect === 'read' ? 'retryable' : 'outcome-unknown';
  if (status === 408 || status === 425) return effect === 'read' ? 'retryable' : 'outcome-unknown';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 409 || status === 412 || status === 423) return 'conflict';
  // A redirect is a refusal too: a token is never carried to another address.
  if (status >= 300) return 'refused';
  return 'unexpected-answer';
}

/** The error of an answer that is not a success. `retryAfterMs` is the vendor's own delay, where it gave one. */
export function statusError(
  at: Operation,
  status: number,
  detail: { retryAfterMs?: number | undefined; vendorCode?: string | undefined } = {},
): ConnectorError {
  return new ConnectorError(codeOfStatus(status, at.effect), at.connector, at.operation, {
    status,
    ...(detail.retryAfterMs !== undefined && { retryAfterMs: detail.retryAfterMs }),
    ...(detail.vendorCode !== undefined && { vendorCode: detail.vendorCode }),
  });
}

/** The error of a request without an answer: time-out, reset, abort, refused connection. */
export function networkError(at: Operation, cause: unknown): ConnectorError {
  const token = networkToken(cause);
  const lost = at.effect === 'write' && !(token !== undefined && NEVER_SENT.has(token));
  return new ConnectorError(lost ? 'outcome-unknown' : 'retryable', at.connector, at.operation, {
    cause,
    ...(token !== undefined && { vendorCode: token }),
  });
}

/** The answer is not what we know. `cause` is kept for a debugger. */
export function unexpectedAnswer(at: Operation, cause?: unknown, vendorCode?: string): ConnectorError {
  return new ConnectorError('unexpected-answer', at.connector, at.operation, {
    cause,
    ...(vendorCode !== undefined && { vendorCode }),
  });
}

/**
 * `Retry-After` in milliseconds (RFC 9110: seconds or an HTTP date), `undefined` when absent or unreadable.
 * `now` is milliseconds since the epoch.
 */
export function retryAfterMs(value: string | null | undefined, now: number = Date.now()): number | undefined {
  if (value === null || value === undefined || value.trim() === '') return undefined;
  if (/^\d+(\.\d+)?$/u.test(value.trim())) return Math.ceil(Number(value) * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** The system's short word for a network failure (`ECONNRESET`), found along the chain of causes. */
function networkToken(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const code: unknown = 'code' in at ? at.code : undefined;
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/u.test(code)) return code;
    if (at.name === 'TimeoutError') return 'TIMEOUT';
    if (at.name === 'AbortError') return 'ABORTED';
  }
  return undefined;
}
