/** Reading bytes that must be canonical JSON: `JSON.parse` alone rounds large numbers and merges duplicate keys unseen. */
import { canonicalText } from '../canonical.ts';

/** Bytes that are not the canonical form of what they say. The message is a sentence. */
export class NotCanonical extends Error {
  override readonly name = 'NotCanonical';
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The value of exactly these bytes. Only RFC 8785's own form is let in, so there is one reading of them: duplicate keys, numbers
 * that a double cannot hold, other spellings and surrounding space all make another form.
 *
 * @throws NotCanonical
 */
export function parseCanonical(bytes: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = UTF8.decode(bytes);
  } catch {
    throw new NotCanonical('is not UTF-8');
  }
  try {
    value = JSON.parse(text);
  } catch {
    throw new NotCanonical('is not JSON');
  }
  let canonical: string;
  try {
    canonical = canonicalText(value);
  } catch (error) {
    throw new NotCanonical(`has no canonical form (${error instanceof Error ? error.message : 'unknown'})`);
  }
  if (canonical !== text)
    throw new NotCanonical(
      'is not in canonical form (RFC 8785): a key twice, a number that was rounded, or another spelling',
    );
  return value;
}
