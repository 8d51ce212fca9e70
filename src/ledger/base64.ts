/** RFC 4648 §4, strictly: Node's decoder passes over what it does not understand. */

/** @returns `null` for anything that is not exactly how these bytes are written. */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
