/**
 * RFC 8785 canonical JSON: the exact bytes that are hashed. What JSON cannot carry without loss is refused at this door.
 */
import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** A value that has no faithful canonical form. `path` says where. */
export class CanonicalError extends Error {
  override readonly name = 'CanonicalError';
  readonly path: string;

  constructor(problem: string, path: string) {
    super(`${problem} at ${path}`);
    this.path = path;
  }
}

/**
 * The canonical text of a value.
 *
 * @throws CanonicalError for undefined, functions, holes in arrays, symbol keys, numbers beyond 2^53 − 1 or not finite, and lone surrogates.
 */
export function canonicalText(value: unknown): string {
  refuseLossy(value, '$');
  const text = canonicalize(value);
  if (text === undefined) throw new CanonicalError('nothing to serialise', '$');
  return text;
}

/**
 * The value of a text that is canonical already, such as a fact's stored bytes. Whatever a reader could understand otherwise is
 * refused: duplicate keys, numbers beyond 2^53 − 1, other spellings, spaces.
 *
 * @throws CanonicalError when the text is not the canonical text of what it says.
 */
export function parseCanonical(text: string): unknown {
  const value = parseJson(text);
  if (canonicalText(value) !== text) throw new CanonicalError('not the canonical form', '$');
  return value;
}

/** SHA-256 of a text's UTF-8 bytes, lower-case hex. */
export function sha256Hex(bytes: string | Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

/** SHA-256 of the canonical text. */
export function canonicalDigest(value: unknown): string {
  return sha256Hex(canonicalText(value));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The error quotes the text, which may be anybody's.
    throw new CanonicalError('no JSON', '$');
  }
}

function refuseLossy(value: unknown, path: string): void {
  if (value === null || typeof value === 'boolean') return;
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new CanonicalError('lone surrogate', path);
    return;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER)
      throw new CanonicalError('number out of range', path);
    return;
  }
  if (Array.isArray(value)) {
    // Not forEach, which passes over holes.
    for (let index = 0; index < value.length; index += 1) refuseLossy(value[index], `${path}[${index}]`);
    return;
  }
  if (
    typeof value === 'object' &&
    (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
  ) {
    if (Object.getOwnPropertySymbols(value).length > 0) throw new CanonicalError('symbol key', path);
    for (const [key, item] of Object.entries(value)) {
      if (!key.isWellFormed()) throw new CanonicalError('lone surrogate in a key', path);
      refuseLossy(item, `${path}.${key}`);
    }
    return;
  }
  throw new CanonicalError(`${typeof value} has no JSON form`, path);
}
