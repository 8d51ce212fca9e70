/** A pack that cannot be read or made; the message is a sentence for people and quotes nothing of the pack's content. */
export class PackError extends Error {
  override readonly name = 'PackError';
  readonly code: PackErrorCode;

  constructor(code: PackErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
  }
}

export type PackErrorCode =
  /** The archive itself: broken, dangerous or too large. */
  | 'archive'
  /** A part that is not as the format says. */
  | 'format'
  /** A key that is none of the kind that is needed. */
  | 'key';
