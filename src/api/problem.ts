/** RFC 9457 problem documents: the only form in which the API says no. */
import type { Response } from 'express';

/** One thing that is wrong with a request; `path` such as `body.serial` or `query.limit`. */
export interface ProblemItem {
  readonly path: string;
  readonly message: string;
}

/** Stable codes with their status and title. The `type` URI is `/problems/<code>`. */
export const PROBLEMS = {
  'invalid-request': [400, 'The request is not as the description says'],
  'invalid-cursor': [400, 'The cursor is none of ours'],
  'malformed-json': [400, 'The body is not JSON'],
  unauthenticated: [401, 'A valid bearer token is needed'],
  forbidden: [403, 'The token has no role that may do this'],
  'access-revoked': [403, 'Your access was revoked'],
  'not-found': [404, 'There is no such thing'],
  'person-not-found': [404, 'Nobody is known by that'],
  'method-not-allowed': [405, 'Not with this method'],
  conflict: [409, 'It contradicts what is recorded'],
  'person-ambiguous': [409, 'More than one person is known by that'],
  'case-ended': [409, 'The case has ended'],
  'serial-ambiguous': [409, 'More than one device in custody has that serial'],
  'serial-mismatch': [409, 'The scanned serial is not that of the device'],
  'second-person-needed': [409, 'Who asked for it cannot decide it: a second person is needed'],
  'not-to-decide': [409, 'As things stand there is nothing of the kind to decide'],
  'decision-made': [409, 'It has been decided, or withdrawn'],
  'decision-expired': [409, 'Nobody decided in time: ask for it again'],
  'decision-void': [409, 'What it was asked for is not so any more: ask for it again'],
  'not-the-requester': [409, 'Only who asked for it may withdraw it'],
  'no-open-custody': [409, 'The device is in no open custody'],
  'hold-not-in-force': [409, 'There is no such hold in force'],
  'hold-of-a-source': [409, 'The hold is kept by another system: it is lifted there'],
  'own-access': [409, 'Nobody changes their own access'],
  'exception-decided': [409, 'The exception has been decided'],
  'notification-not-failed': [
    409,
    'Only a message that failed, whose answer was lost or that a backfill held back is sent',
  ],
  'notification-resent': [409, 'It has been sent again: that message is the one to look at'],
  'taken-over-by-leaver': [409, 'Whoever leaves cannot take over what is theirs: name somebody else'],
  'no-signing-key': [409, 'There is no key to sign with'],
  'period-not-ready': [409, 'Not every source has listed its people yet'],
  'period-too-large': [422, 'The period is about more than one pack may hold: ask for a shorter one'],
  'not-quarantined': [409, 'Only a quarantined delivery is tried again'],
  'pickup-confirmed': [409, 'The pickup has been confirmed'],
  'pickup-discrepancies': [409, 'What was scanned is not what the manifest says'],
  'pickup-not-counted': [409, 'What stands on the dock has not been counted'],
  'pickup-not-signed': [409, 'Both sides sign by name for what leaves'],
  'vendor-not-certified': [409, 'The policy lets nothing leave to this vendor today'],
  'outcome-not-fitting': [409, 'This cannot be decided so'],
  'found-not-ready': [409, 'What was found may not leave'],
  'pickup-empty': [409, 'No device is ready for a pickup'],
  'device-not-ready': [409, 'A device is not ready for a pickup'],
  'line-decided': [409, 'The line has been decided'],
  'not-on-pickup': [409, 'The device is not in custody on that pickup of that vendor'],
  'mapping-untried': [409, 'The mapping has not read a file without problems yet: preview one first'],
  'payload-too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'The body must be application/json'],
  'idempotency-key-reused': [422, 'The idempotency key was used for another request'],
  'file-refused': [422, 'The file cannot be read: nothing of it was taken in'],
  'lines-refused': [422, 'Lines of the file cannot be taken in: nothing of it was'],
  'serial-unreadable': [422, 'The text cannot be a serial'],
  'units-refused': [422, 'Some of the units cannot be retired: none was'],
  'photo-unreadable': [422, 'The bytes are no photo of the type that was said'],
  'photo-not-kept': [422, 'A photo that is named was not brought for that device'],
  'payload-unreadable': [422, 'A payload cannot be decoded'],
  'ledger-inconsistent': [
    500,
    'The ledger does not go on from what was signed before: nothing is signed until that is looked into',
  ],
  internal: [500, 'A fault on our side'],
  'issuer-unavailable': [503, 'The sign-in issuer does not answer: the token cannot be checked now'],
  unavailable: [503, 'Not available at the moment'],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string]>>;
export type ProblemCode = keyof typeof PROBLEMS;

/** Thrown by handlers; answered as a problem document. Texts hold ids and codes, never what somebody sent. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly errors: readonly ProblemItem[];
  /** Further members of the document, such as `discrepancies`. */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(
    code: ProblemCode,
    errors: readonly ProblemItem[] = [],
    more: Readonly<Record<string, unknown>> = {},
  ) {
    super(code);
    this.code = code;
    this.errors = errors;
    this.more = more;
  }
}

/** Seconds until a refused request is worth another try. */
const RETRY_AFTER = '2';

/** Answers with the problem. */
export function sendProblem(response: Response, { code, errors, more }: Problem): void {
  const [status, title] = PROBLEMS[code];
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  if (status === 503) response.setHeader('retry-after', RETRY_AFTER);
  const document = {
    type: `/problems/${code}`,
    title,
    status,
    code,
    ...(errors.length > 0 && { errors }),
    ...more,
  };
  response.status(status).type('application/problem+json').send(JSON.stringify(document));
}
