/** The match on the dock by serial, as properties; and that each of them can fail. */
import { describe, expect, test } from 'vitest';
import { normaliseSerial } from '../../../src/domain/serial.ts';
import { discrepancies, scanVerdict } from '../../../src/store/pickup-matching.ts';
import type { Scanned } from '../../../src/store/pickup-matching.ts';
import { PROPERTIES } from './support/dock-match.ts';
import type { DockMatch } from './support/dock-match.ts';

const RUNS = process.env['HANDBACK_TEST_LONG'] === '1' ? 20_000 : 1_000;
const ours: DockMatch = { normaliseSerial, scanVerdict, discrepancies };

test.each(Object.entries(PROPERTIES))('%s', (_name, property) => {
  expect(property(ours)(RUNS)).toBeNull();
});

type Serial = ReturnType<typeof normaliseSerial>;

/** What could be wrong with a match, and the guarantees that must see it. */
const FAULTS: readonly {
  readonly fault: string;
  readonly match: DockMatch;
  readonly seenBy: readonly (keyof typeof PROPERTIES)[];
}[] = [
  {
    fault: 'case counts',
    match: {
      ...ours,
      normaliseSerial: (raw) =>
        raw === raw?.toUpperCase() ? normaliseSerial(raw) : ((raw ?? null) as Serial),
    },
    seenBy: ['one serial is one key in every spelling, and a filler text is none'],
  },
  {
    fault: 'leading zeros are dropped',
    match: {
      ...ours,
      normaliseSerial: (raw) => (normaliseSerial(raw)?.replace(/^0+/u, '') ?? null) as Serial,
    },
    seenBy: ['every serial of either list has one verdict, and it is clean only where both lists agree'],
  },
  {
    fault: 'a filler text is a serial',
    match: { ...ours, normaliseSerial: (raw) => (normaliseSerial(raw) ?? raw ?? null) as Serial },
    seenBy: ['a filler text never matches, and changes nothing'],
  },
  {
    fault: 'only the number of units is compared',
    match: {
      ...ours,
      discrepancies: (expected, scans) =>
        scans.filter(({ verdict }) => verdict === 'match' || verdict === 'unexpected').length >=
        expected.length
          ? []
          : discrepancies(expected, scans),
    },
    seenBy: ['a foreign serial is told, and changes the verdict on no other'],
  },
  {
    fault: 'whoever does not look at the model settles it',
    match: {
      ...ours,
      scanVerdict: (serial, model, expected, before, standsFor) => {
        const verdict = scanVerdict(serial, model, expected, before, standsFor);
        return verdict === 'model-mismatch' && before.some((one) => one.serial === serial)
          ? 'duplicate'
          : verdict;
      },
    },
    seenBy: ['order, repetition and spelling of scans change nothing'],
  },
  {
    fault: 'a foreign unit stands for a line that was not scanned',
    match: {
      ...ours,
      discrepancies: (expected, scans) => {
        const found = discrepancies(expected, scans);
        const strangers = found.filter(({ kind }) => kind === 'unexpected').length;
        return found.filter(({ kind }, index) => kind !== 'missing' || index >= strangers);
      },
    },
    seenBy: ['a foreign serial is told, and changes the verdict on no other'],
  },
  {
    fault: 'one scan too many is forgotten',
    match: { ...ours, discrepancies: (expected, scans) => discrepancies(expected, scans.slice(0, -1)) },
    seenBy: ['without its line on one list exactly that serial is not clean any more'],
  },
  {
    fault: 'a unit is told twice',
    match: {
      ...ours,
      discrepancies: (expected, scans: readonly Scanned[]) => {
        const found = discrepancies(expected, scans);
        return [...found, ...found.filter(({ kind }) => kind === 'unexpected')];
      },
    },
    seenBy: ['every serial of either list has one verdict, and it is clean only where both lists agree'],
  },
];

describe('a planted fault is seen', () => {
  test.each(
    FAULTS.flatMap(({ fault, match, seenBy }) => seenBy.map((name) => [fault, name, match] as const)),
  )('%s: %s', (_fault, name, match) => {
    expect(PROPERTIES[name](match)(5_000)).toContain('Counterexample');
  });
});
