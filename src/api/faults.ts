/** Which of our own faults pass by themselves, so that the sender is asked to come again. */

/** SQLSTATE classes and codes of a database that is away, starting, stopping, full, or had to abort one of two. */
const PASSING_SQLSTATES = [
  /^08/u,
  /^53/u,
  /^57P0[1-5]$/u,
  /^40(001|P01)$/u,
  /^55P03$/u,
  /^25006$/u,
  /^3D000$/u,
  // A prepared statement whose table a migration has changed: its connection is made anew (store/prepared-pool.ts).
  /^0A000$/u,
];
const PASSING_ERRNO = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** The pool says these in words only. */
const PASSING_TEXTS =
  /connection terminated|timeout exceeded when trying to connect|client was closed|client has encountered a connection error/iu;

/** Whether the same request can succeed later: a connection, a time-out, a lock or a serialisation that lost. */
export function isPassingFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.some(isPassingFault)) return true;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    PASSING_ERRNO.has(code) ||
    PASSING_SQLSTATES.some((pattern) => pattern.test(code)) ||
    PASSING_TEXTS.test(error.message)
  );
}
