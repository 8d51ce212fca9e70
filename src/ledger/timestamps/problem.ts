/** Why a timestamp does not count. */
export type TimestampCode =
  /** Not what RFC 3161 says an answer is. */
  | 'malformed'
  /** The authority answered that it gives none. */
  | 'refused'
  /** It is a timestamp of something else. */
  | 'other-digest'
  /** It answers another request. */
  | 'other-nonce'
  /** Its signature does not hold, or is not of the certificate that it names. */
  | 'signature'
  /** The certificate is not one for giving timestamps, and for nothing else. */
  | 'purpose'
  /** No trusted certificate vouches for the authority's, or not for that time. */
  | 'untrusted';

/** The message says it to people; it quotes nothing from outside. */
export class TimestampProblem extends Error {
  override readonly name = 'TimestampProblem';
  readonly code: TimestampCode;

  constructor(code: TimestampCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
