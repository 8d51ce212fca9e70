/**
 * The one mapping from HTTP outcomes to `ConnectorError`. The difference that matters: after a lost answer a *write* may
 * have taken effect, and then nobody may simply try again.
 */
import { ConnectorError } from '../errors.ts';
import type { ConnectorErrorCode } from '../errors.ts';

/** One request, as errors name it. `operation` is a fixed word of ours (`deactivate user`), never a path with ids in it. */
export interface Call {
  readonly connector: string;
  readonly operation: string;
  readonly effect: 'read' | 'write';
}

export interface StatusDetails {
  readonly retryAfterMs?: number | undefined;
  /** The vendor's own error code as it came; kept only when it is a short token. */
  readonly vendorCode?: unknown;
}

/** The error for an answer that is not 2xx. */
export function statusFailure(call: Call, status: number, details: StatusDetails = {}): ConnectorError {
  const vendorCode = shortToken(details.vendorCode);
  return new ConnectorError(codeOf(call, status), call.connector, call.operation, {
    status,
    ...(details.retryAfterMs === undefined ? {} : { retryAfterMs: details.retryAfterMs }),
    ...(vendorCode === undefined ? {} : { vendorCode }),
  });
}

/** The error when no answer came: refused, reset, timed out, aborted. */
export function transportFailure(call: Call, cause: unknown): ConnectorError {
  const code = call.effect === 'read' || neverConnected(cause) ? 'retryable' : 'outcome-unknown';
  return new ConnectorError(code, call.connector, call.operation, { cause });
}

/** The error for an answer that does not fit the schema we know. `cause` (a ZodError) holds paths, for a debugger only. */
export function unexpectedAnswer(call: Call, cause?: unknown, status?: number): ConnectorError {
  return new ConnectorError('unexpected-answer', call.connector, call.operation, {
    cause,
    ...(status === undefined ? {} : { status }),
  });
}

/** `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110 section 10.2.3); undefined when absent or unreadable. */
export function retryAfterMs(header: string | null | undefined, now: Date): number | undefined {
  const text = header?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+(\.\d+)?$/u.test(text)) return Math.ceil(Number(text) * 1000);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}

function codeOf({ effect }: Call, status: number): ConnectorErrorCode {
  if (status === 429) return 'retryable';
  if (status >= 500 || status === 408) return effect === 'read' ? 'retryable' : 'outcome-unknown';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 409 || status === 412 || status === 423) return 'conflict';
  return status >= 400 ? 'refused' : 'unexpected-answer';
}

/** Codes of Node and undici for a connection that never stood: nothing can have been sent. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function neverConnected(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 3) return false;
  if ('code' in error && typeof error.code === 'string' && NEVER_CONNECTED.has(error.code)) return true;
  // Where a name has several addresses, Node tries each and reports all.
  if (error instanceof AggregateError)
    return error.errors.length > 0 && error.errors.every((each) => neverConnected(each, depth + 1));
  return neverConnected(error.cause, depth + 1);
}

function shortToken(code: unknown): string | undefined {
  return typeof code === 'string' && /^[\w.-]{1,64}$/u.test(code) ? code : undefined;
}
