import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseSerial } from '../../../src/domain/serial.ts';

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const alphanumeric = fc.string({
  unit: fc.constantFrom(...ALPHANUMERIC.split('')),
  minLength: 4,
  maxLength: 64,
});
/** With something of its own to say: what is no filler text by construction. */
const serial = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(...ALPHANUMERIC.split('')), maxLength: 20 }),
    fc.integer({ min: 10, max: 99 }),
  )
  .map(([text, n]) => `Q${n}Z7${text}`);
const separator = fc.constantFrom(
  '-',
  ' ',
  '_',
  '.',
  '/',
  ':',
  '#',
  '\t',
  '\u00a0',
  '\u3000',
  '\u200b',
  '\ufeff',
);

/** Each character as its full-width twin (U+FF01 to U+FF5E mirror U+0021 to U+007E). */
function fullWidth(text: string): string {
  return text
    .split('')
    .map((one) => String.fromCodePoint((one.codePointAt(0) ?? 0) + 0xfee0))
    .join('');
}

describe('normaliseSerial', () => {
  test('is idempotent: a key normalises to itself', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), alphanumeric), (raw) => {
        const key = normaliseSerial(raw);
        expect(key === null ? null : normaliseSerial(key)).toBe(key);
      }),
    );
  });

  test('gives one key to every spelling: case, separators anywhere, full-width characters', () => {
    fc.assert(
      fc.property(
        serial,
        fc.array(fc.tuple(fc.nat(60), separator), { maxLength: 6 }),
        fc.boolean(),
        (text, marks, wide) => {
          let spelling = wide ? fullWidth(text) : text;
          for (const [at, mark] of marks) spelling = `${spelling.slice(0, at)}${mark}${spelling.slice(at)}`;
          expect(normaliseSerial(spelling)).toBe(text.toUpperCase());
          expect(normaliseSerial(spelling.toLowerCase())).toBe(text.toUpperCase());
        },
      ),
    );
  });

  test('yields upper-case letters and digits only, 4 to 64 of them, or nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 90 }), (raw) => {
        const key = normaliseSerial(raw);
        expect(key ?? 'NONE').toMatch(/^[A-Z0-9]{4,64}$/u);
      }),
    );
  });

  test('never merges two different alphanumerics', () => {
    fc.assert(
      fc.property(alphanumeric, alphanumeric, (a, b) => {
        fc.pre(a.toUpperCase() !== b.toUpperCase());
        const key = normaliseSerial(a);
        expect(key !== null && normaliseSerial(b) === key).toBe(false);
      }),
    );
  });

  test('O and 0, I and 1 stay apart: no look-alike is guessed at', () => {
    expect(normaliseSerial('PF0O1I8X')).not.toBe(normaliseSerial('PFOO1I8X'));
    expect(normaliseSerial('PF0O1I8X')).not.toBe(normaliseSerial('PF0O118X'));
  });

  test.each([
    'To Be Filled By O.E.M.',
    'to be filled by oem',
    'To_Be_Filled_By_O.E.M',
    'Default string',
    'DEFAULT-STRING',
    'System Serial Number',
    'Serial Number',
    'Chassis Serial Number',
    'Not Specified',
    'Not Applicable',
    'Not Available',
    'None',
    'NULL',
    'N/A',
    'Unknown',
    'undefined',
    'INVALID',
    '0000000',
    'xxxxxxxxxx',
    '........',
    '123456789',
    '0123456789',
    '12345678',
    'Ｄｅｆａｕｌｔ　ｓｔｒｉｎｇ',
  ])('%s is a filler text and never a key', (raw) => {
    expect(normaliseSerial(raw)).toBeNull();
  });

  test.each([
    ['nothing', null],
    ['no value', undefined],
    ['an empty text', ''],
    ['only separators', ' -_./:# '],
    ['three characters', 'A1B'],
    ['65 characters', `A1${'B2'.repeat(31)}C`],
    ['a bracketed remark', '[none given]'],
    ['a question mark', 'ABC1234?'],
    ['markup', '<b>ABC123</b>'],
    ['a control character', 'ABC\u0000123'],
    ['a letter outside ASCII', 'ABCÄ1234'],
    ['ß, which upper-cases to SS', 'straße1'],
    ['a dotless i, which upper-cases to I', 'ABCı1234'],
    ['a lone surrogate', 'ABC\ud8001234'],
    ['an emoji', 'ABC😀1234'],
  ])('%s is refused', (_what, raw) => {
    expect(normaliseSerial(raw)).toBeNull();
  });

  test('the shortest and the longest serial are keys', () => {
    expect(normaliseSerial('A1B2')).toBe('A1B2');
    expect(normaliseSerial('A1'.repeat(32))).toBe('A1'.repeat(32));
  });
});
