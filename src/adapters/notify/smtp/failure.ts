import { ConnectorError } from '../../errors.ts';
import { BrokenSession } from './session.ts';

/**
 * What a broken session means. An answer of the server is a clear no (RFC 5321: 4xx for now, 5xx for good). Without one it
 * depends on how far the session came: once the text was on its way, it may have been delivered.
 */
export function failureOf(connector: string, operation: string, error: unknown): ConnectorError {
  const { textBegun, cause } = error instanceof BrokenSession ? error : { textBegun: false, cause: error };
  const { code, responseCode } = partsOf(cause);
  const status = responseCode === undefined ? {} : { status: responseCode };
  // Its own texts quote addresses: of the cause, only codes leave.
  if (code === 'EAUTH' || code === 'ETLS')
    return new ConnectorError('refused', connector, operation, { ...status, vendorCode: code.slice(1) });
  if (responseCode !== undefined)
    return new ConnectorError(responseCode >= 500 ? 'refused' : 'retryable', connector, operation, status);
  // Not the server but the client itself says no: to an address, or to the size that the server allows.
  if (code === 'EENVELOPE' || (code === 'EMESSAGE' && !textBegun))
    return new ConnectorError('refused', connector, operation, { vendorCode: code.slice(1) });
  return new ConnectorError(textBegun ? 'outcome-unknown' : 'retryable', connector, operation, { cause });
}

function partsOf(cause: unknown): {
  readonly code: string | undefined;
  readonly responseCode: number | undefined;
} {
  if (!(cause instanceof Error)) return { code: undefined, responseCode: undefined };
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  const answered = 'responseCode' in cause && typeof cause.responseCode === 'number' && cause.responseCode;
  return { code, responseCode: answered === false || answered < 400 ? undefined : answered };
}
