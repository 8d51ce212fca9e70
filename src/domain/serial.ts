/**
 * Serial numbers as keys.
 *
 * Sources print the same serial with other case, spaces or separators, so comparison is on a normalised form. Firmware
 * that was never programmed answers with a filler text; such a text is shared by thousands of machines and is never a key.
 */

declare const brand: unique symbol;
/** A serial in normalised form: upper-case letters and digits only, never a placeholder. */
export type Serial = string & { readonly [brand]: 'Serial' };

/** Filler texts of unprogrammed firmware, in normalised form. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  'TOBEFILLEDBYOEM',
  'DEFAULTSTRING',
  'SYSTEMSERIALNUMBER',
  'SERIALNUMBER',
  'SERIAL',
  'NOTSPECIFIED',
  'NOTAPPLICABLE',
  'NOTAVAILABLE',
  'NOASSETTAG',
  'NONE',
  'NULL',
  'NA',
  'OEM',
  'INVALID',
  'UNKNOWN',
  'UNDEFINED',
  'EMPTY',
  'CHASSISSERIALNUMBER',
  'BASEBOARDSERIALNUMBER',
  'XXXXXXX',
  'INTELCORPORATION',
]);

const SHORTEST = 4;
const LONGEST = 64;

/**
 * The key form of a serial, or `null` when the text cannot serve as a key: empty, a placeholder, one character repeated,
 * a run of counting digits, too short or too long, or holding characters that no serial has.
 * Normalising a normalised serial returns it unchanged.
 */
export function normaliseSerial(raw: string | null | undefined): Serial | null {
  if (raw === null || raw === undefined) return null;
  const bare = raw.normalize('NFKC').replace(/[\s\-_./:#\u200b\ufeff]/gu, '');
  // Before upper-casing, which makes SS of ß and I of ı: two different texts must not become one key.
  if (!/^[A-Za-z0-9]+$/u.test(bare)) return null;
  const text = bare.toUpperCase();
  if (text.length < SHORTEST || text.length > LONGEST) return null;
  if (isPlaceholder(text)) return null;
  return text as Serial;
}

function isPlaceholder(text: string): boolean {
  if (PLACEHOLDERS.has(text)) return true;
  if (/^(.)\1*$/u.test(text)) return true;
  return '0123456789'.startsWith(text) || '1234567890'.startsWith(text);
}
