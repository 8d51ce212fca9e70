/**
 * The one error that leaves an adapter. Every vendor's failures are mapped to this closed set, once, in the adapter's
 * client, so that nothing above it knows a vendor's status codes.
 */
export type ConnectorErrorCode =
  /** Passing: 429, a 5xx or a time-out of a *read*, a refused connection. `retryAfterMs` is the vendor's own delay. */
  | 'retryable'
  /** The vendor understood and said no (400, 401, 403, a rule of its own). Asking again changes nothing. */
  | 'refused'
  | 'not-found'
  /** The vendor's state does not allow it now (409, "already …"). Read again before deciding. */
  | 'conflict'
  /** A *write* was sent and its answer was lost (time-out, reset, 5xx): it may or may not have taken effect. */
  | 'outcome-unknown'
  /** The answer does not fit the schema we know. The step stops; nothing is guessed. */
  | 'unexpected-answer';

export interface ConnectorErrorOptions {
  /** HTTP status, when there was one. */
  readonly status?: number;
  /** The vendor's own delay, milliseconds, for `retryable`. */
  readonly retryAfterMs?: number;
  /** The vendor's error code (a short token such as `E0000007`), never its text: texts carry personal data. */
  readonly vendorCode?: string;
  /**
   * Kept for a debugger; never logged, since a vendor's message may name a person.
   */
  readonly cause?: unknown;
}

/** @throws by adapters only. `message` is made of connector, operation and codes: no vendor text, no personal data. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly code: ConnectorErrorCode;
  readonly connector: string;
  readonly operation: string;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly vendorCode: string | undefined;

  constructor(
    code: ConnectorErrorCode,
    connector: string,
    operation: string,
    options: ConnectorErrorOptions = {},
  ) {
    const detail = [options.status, options.vendorCode].filter((part) => part !== undefined).join(' ');
    super(`${connector}: ${operation}: ${code}${detail === '' ? '' : ` (${detail})`}`, {
      cause: options.cause,
    });
    this.code = code;
    this.connector = connector;
    this.operation = operation;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.vendorCode = options.vendorCode;
  }
}
