/** Where the bytes of documents may lie besides the database. */
export interface DocumentPlace {
  /** Stands in the database: no secrets. */
  readonly name: string;
  /**
   * Keeps a document under its digest. What is there already stays.
   *
   * @param digest SHA-256, hex.
   */
  readonly put: (digest: string, content: Uint8Array, contentType: string) => Promise<void>;
  /** The bytes as they lie there, unchecked; `null` when there are none. */
  readonly get: (digest: string) => Promise<Uint8Array | null>;
}

export type DocumentProblemCode =
  /** It lies in a place that is not configured. */
  | 'place-unknown'
  /** Its place has lost it. */
  | 'gone'
  /** What lies there is something else. */
  | 'changed';

/** A document that cannot be had whole. */
export class DocumentProblem extends Error {
  override readonly name = 'DocumentProblem';
  readonly code: DocumentProblemCode;

  constructor(code: DocumentProblemCode, message: string) {
    super(message);
    this.code = code;
  }
}
