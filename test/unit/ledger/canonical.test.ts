import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalDigest,
  CanonicalError,
  canonicalText,
  parseCanonical,
  sha256Hex,
} from '../../../src/ledger/canonical.ts';

/** The double whose IEEE 754 bits are these, as RFC 8785 appendix B writes its samples. */
function double(hex: string): number {
  return Buffer.from(hex, 'hex').readDoubleBE(0);
}

describe('canonical JSON', () => {
  test('serialises the example of RFC 8785 §3.2.3 as the RFC does', () => {
    const input: unknown = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`);
    expect(canonicalText(input)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  test('sorts keys by their UTF-16 code units, as RFC 8785 §3.2.3 shows', () => {
    const input: unknown = JSON.parse(String.raw`{
      "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
    }`);
    expect(Object.values(JSON.parse(canonicalText(input)) as object)).toHaveLength(7);
    const order = ['Carriage Return', 'One', 'Control', 'Latin Small', 'Euro Sign', 'Emoji', 'Hebrew'];
    const places = order.map((name) => canonicalText(input).indexOf(name));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  test.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['433fffffffffffff', '9007199254740991'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ])('prints the double %s as RFC 8785 appendix B does', (hex, text) => {
    expect(canonicalText(double(hex))).toBe(text);
  });

  test.each([
    ['2^53, which 2^53 + 1 reads back as', double('4340000000000000')],
    ['the largest double', double('7fefffffffffffff')],
    ['1e21', double('444b1ae4d6e2ef50')],
    ['infinity', Number.POSITIVE_INFINITY],
    ['not a number', Number.NaN],
  ])('refuses %s: another reader would not get the same number', (_what, value) => {
    expect(() => canonicalText({ deep: [value] })).toThrow(CanonicalError);
    expect(() => canonicalText({ deep: [-value] })).toThrow(CanonicalError);
  });

  test.each<[string, unknown, string]>([
    ['an undefined value', { a: { b: undefined } }, '$.a.b'],
    ['an undefined item', [1, undefined], '$[1]'],
    // oxlint-disable-next-line no-sparse-arrays -- the hole is what is tested
    ['a hole in an array', [1, , 2], '$[1]'],
    ['undefined itself', undefined, '$'],
    ['a function', { a: () => 1 }, '$.a'],
    ['a symbol', { a: Symbol('s') }, '$.a'],
    ['a symbol as a key', { a: { [Symbol('s')]: 1 } }, '$.a'],
    ['a big integer', { a: 1n }, '$.a'],
    ['a date', { a: new Date(0) }, '$.a'],
    ['a map', { a: new Map() }, '$.a'],
    ['bytes', { a: Buffer.from('x') }, '$.a'],
    ['an object that speaks for itself', { a: { toJSON: () => 1 } }, '$.a.toJSON'],
    ['a lone surrogate', { a: ['\ud800'] }, '$.a[0]'],
    ['a lone surrogate in a key', { a: { '\udc00': 1 } }, '$.a'],
  ])('refuses %s and says where', (_what, value, path) => {
    const refused = expect(() => canonicalText(value));
    refused.toThrow(CanonicalError);
    refused.toThrow(expect.objectContaining({ path }) as Error);
  });

  test('is the same text for the same value, whatever the order of its keys', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ unit: 'grapheme' }),
          fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer()),
        ),
        (value) => {
          const reversed = Object.fromEntries(Object.entries(value).toReversed());
          expect(canonicalText(reversed)).toBe(canonicalText(value));
        },
      ),
    );
  });

  test('loses nothing: what is read back is what was given', () => {
    const leaf = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.maxSafeInteger(),
      fc.double({ min: -1e15, max: 1e15, noNaN: true }).map((n) => n + 0),
      fc.boolean(),
      fc.constant(null),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('value')),
        fc.dictionary(fc.string({ unit: 'grapheme' }), tie('value'), { noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(value, (given) => {
        const text = canonicalText(given);
        expect(JSON.parse(text)).toEqual(given);
        expect(canonicalText(JSON.parse(text))).toBe(text);
      }),
    );
  });

  test('two different values never share a text', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        fc.pre(withinRange(a) && withinRange(b));
        expect(canonicalText(a) === canonicalText(b)).toBe(
          isDeepStrictEqual(withoutMinusZero(a), withoutMinusZero(b)),
        );
      }),
    );
  });

  test('a canonical text is read back as its value', () => {
    const value = { a: [1, 'Zoë', null], b: { c: true } };
    expect(parseCanonical(canonicalText(value))).toEqual(value);
  });

  test.each([
    ['a duplicate key', '{"a":1,"a":2}'],
    ['a duplicate key spelled otherwise', String.raw`{"a":1,"\u0061":1}`],
    ['2^53 + 1', '{"a":9007199254740993}'],
    ['an exponent', '{"a":1e1}'],
    ['minus zero', '{"a":-0}'],
    ['a trailing zero', '{"a":1.0}'],
    ['a space', '{"a": 1}'],
    ['keys out of order', '{"b":1,"a":2}'],
    ['an escaped lone surrogate', String.raw`{"a":"\ud800"}`],
    ['a needless escape', String.raw`{"a":"\/"}`],
    ['a byte order mark', '\ufeff{"a":1}'],
    ['two values', '{"a":1}{"a":1}'],
    ['nothing', ''],
  ])('a text with %s is no canonical text', (_what, text) => {
    expect(() => parseCanonical(text)).toThrow(CanonicalError);
  });

  test('digests are SHA-256 of the text’s UTF-8 bytes, lower-case hex', () => {
    const value = { name: 'Zoë', n: 1 };
    const bytes = Buffer.from('{"n":1,"name":"Zoë"}', 'utf8');
    expect(canonicalDigest(value)).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
});

function withinRange(value: unknown): boolean {
  try {
    canonicalText(value);
    return true;
  } catch {
    return false;
  }
}

/** RFC 8785 prints both zeros alike. */
function withoutMinusZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
