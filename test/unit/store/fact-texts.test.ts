import { describe, expect, test } from 'vitest';
import type { AnyFact } from '../../../src/domain/fact.ts';
import { canonicalText, CanonicalError } from '../../../src/ledger/canonical.ts';
import { factTexts } from '../../../src/store/fact-texts.ts';

const FACT = {
  v: 1,
  stream: 'device:dev_1',
  seq: 12,
  prev: 'ab'.repeat(32),
  key: 'return.scanned:dev_1:1 "quoted" \\ \u2028 é 𝄞',
  type: 'return.scanned',
  at: '2026-01-02T03:04:05.000Z',
  actor: 'user:dock\u0001',
  data: { epoch: 1, scanId: 'scan_1', site: 'München', condition: 'good' },
} as const satisfies AnyFact;

describe('the texts of a fact', () => {
  test.each([
    ['a fact behind another', FACT],
    ['the first of a stream', { ...FACT, seq: 1, prev: null }],
    ['one whose data is in another order', { ...FACT, data: { ...FACT.data, epoch: 2 } }],
  ])('are the canonical ones: %s', (_name, fact: AnyFact) => {
    const { stream, type, data } = fact;
    expect(factTexts(fact)).toEqual({
      canonical: canonicalText(fact),
      body: canonicalText({ stream, type, data }),
    });
  });

  test('hold every field that a fact has', () => {
    expect(JSON.parse(factTexts(FACT).canonical)).toEqual(FACT);
  });

  test.each(['key', 'actor', 'stream'] as const)('refuse a lone surrogate in %s', (field) => {
    expect(() => factTexts({ ...FACT, [field]: '\ud800' })).toThrow(CanonicalError);
  });
});
