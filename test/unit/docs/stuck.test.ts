import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { codesInSources } from './codes.ts';

const page = readFileSync(new URL('../../../docs/operations/stuck.md', import.meta.url), 'utf8');
/** The first cell of every row. */
const rows = new Set([...page.matchAll(/^\| `([a-z-]+)`/gmu)].map(([, code]) => code));

describe('docs/operations/stuck.md', () => {
  const { codes, unknownTemplates } = codesInSources();

  it('is held against every kind of code that the sources make', () => {
    expect(unknownTemplates).toEqual([]);
    // One of each way in which a code is written, so that a pattern that finds nothing shows.
    expect(codes).toEqual(
      expect.arrayContaining([
        'source-unanswered',
        'vendor-scan-awaited',
        'device-without-serial',
        'holder-mismatch',
        'wipe-outcome-unknown',
        'wipe-not-begun',
        'wipe-accepted',
        'closure-refused',
        'receipt-unmatched',
        'pickup-missing',
      ]),
    );
  });

  it('has a row for every code', () => {
    expect(codes.filter((code) => !rows.has(code))).toEqual([]);
  });

  it('has no row for a code that nothing raises', () => {
    expect([...rows].filter((code) => code !== undefined && !codes.includes(code))).toEqual([]);
  });
});
