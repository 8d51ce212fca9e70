/** PostgreSQL's failures as `ConnectorError` (SQLSTATE, appendix A of its manual). Its texts may hold values, so none leaves. */
import { ConnectorError } from '../../errors.ts';
import type { ConnectorErrorCode } from '../../errors.ts';

/** Classes of SQLSTATE that pass: connection, rollback (a deadlock), resources, an operator's hand, the system itself. */
const PASSING: ReadonlySet<string> = new Set(['08', '40', '53', '55', '57', '58']);
/** Classes that ask for somebody: credentials, a database or role that is not there, syntax and rights, data, constraints. */
const REFUSING: ReadonlySet<string> = new Set(['0L', '22', '23', '25', '28', '3D', '42', '44', 'P0']);

/** @param committing Whether the commit was under way: then nobody knows whether it took hold. */
export function sqlFailure(
  connector: string,
  operation: string,
  cause: unknown,
  committing: boolean,
): ConnectorError {
  if (cause instanceof ConnectorError) return cause;
  const state = sqlState(cause);
  const details = state === null ? { cause } : { cause, vendorCode: state };
  return new ConnectorError(codeFor(state, committing), connector, operation, details);
}

/** The five characters of a SQLSTATE; `null` when the server did not say anything. */
export function sqlState(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/u.test(error.code) ? error.code : null;
}

/** Whether a failure says that a text cannot be a value of the key's type at all (22P02, 22003). */
export function isNoKey(error: unknown): boolean {
  const state = error instanceof ConnectorError ? error.vendorCode : sqlState(error);
  return state === '22P02' || state === '22003';
}

function codeFor(state: string | null, committing: boolean): ConnectorErrorCode {
  if (state === null) return committing ? 'outcome-unknown' : 'retryable';
  const kind = state.slice(0, 2);
  // A server that shuts down in the middle of a commit may have written it.
  if (committing && (kind === '08' || kind === '57' || kind === '58')) return 'outcome-unknown';
  if (PASSING.has(kind)) return 'retryable';
  return REFUSING.has(kind) ? 'refused' : 'unexpected-answer';
}
